// The list of people: who is let in, as whom, and until when. For whoever runs the desk.

import * as api from '../lib/api.js';
import { el, fill, say } from '../lib/dom.js';
import { counted, exactly, moment, wordsFor } from '../lib/words.js';
import { field, given, select, sendingForm } from '../parts/fields.js';
import { PagedList } from '../parts/pagedlist.js';

/** @typedef {import('../lib/contract.js').PersonView} PersonView */
/** @typedef {import('../lib/contract.js').Invitation} Invitation */
/** @typedef {import('../lib/visit.js').Visit} Visit */

const roles = ['Submitter', 'Reviewer', 'Editor', 'Operator'];

/** @param {HTMLElement} main @param {Visit} visit */
export async function showPeople(main, visit) {
  const people = new People(visit);
  await people.list.load();
  if (visit.signal.aborted) return;
  fill(
    main,
    el('h1', { tabindex: -1 }, 'People'),
    people.inviteForm(),
    people.invited,
    people.summary,
    people.list.element,
  );
}

class People {
  /** @param {Visit} visit */
  constructor({ signal }) {
    this.invited = el('div', { id: 'invited', role: 'status' });
    this.summary = el('p', { id: 'people-summary', class: 'quiet' });
    /** @type {PagedList<PersonView>} */
    this.list = new PagedList(
      'people',
      signal,
      async () => (await api.people(signal)).data,
      (person) => this.item(person),
      (items) => {
        const within = items.filter((person) => !person.endedAt).length;
        this.summary.textContent = `${counted(within, 'person', 'people')} let in`;
      },
    );
  }

  inviteForm() {
    const name = field('person-name', 'Name', el('input', { name: 'name', autocomplete: 'off' }), {
      name: 'name',
      hint: 'Stands on every decision. No two names may look alike.',
    });
    const role = field('person-role', 'Role', roleChoice('Reviewer'), { name: 'role' });
    const desks = desksField('person-desks', []);
    const button = el('button', { id: 'invite', class: 'main' }, 'Make a sign-in link');
    const send = async (/** @type {HTMLFormElement} */ form) => {
      fill(this.invited);
      const { data } = await api.invite({
        name: given(form, 'name'),
        role: given(form, 'role'),
        desks: desksIn(form),
      });
      this.tellLink(data);
    };
    const form = sendingForm('invite-form', [name, role, desks], button, send, () => this.list.load());
    return el('section', { class: 'panel' }, el('h2', {}, 'Let somebody in'), form);
  }

  /** @param {Invitation} invitation */
  tellLink({ person, link, expiresAt }) {
    fill(
      this.invited,
      el(
        'div',
        { class: 'notice' },
        el('p', {}, `The sign-in link of ${person.name}, good once, until `, exactly(expiresAt), '.'),
        el('p', {}, 'It is shown here and nowhere else: hand it on now.'),
        el('input', { id: 'link', readOnly: true, value: link, 'aria-label': `Sign-in link of ${person.name}` }),
      ),
    );
  }

  /** @param {PersonView} person */
  item(person) {
    const held = [counted(person.sessions, 'session'), counted(person.tokens, 'token')].join(', ');
    return el(
      'li',
      { class: 'card person', 'data-person': person.id },
      el('p', { class: 'kicker' }, el('span', { class: 'tag' }, person.endedAt ? 'Ended' : wordsFor(person.role))),
      el('h2', {}, person.name),
      person.likeName &&
        el('p', { class: 'notice warn' }, `Somebody else than ${person.likeName}, whose name looks like this one.`),
      el(
        'p',
        { class: 'meta' },
        el('span', {}, person.issuer ? `Comes by ${person.issuer} as ${person.subject}` : 'Known to this desk'),
        el('span', {}, `Let in by ${person.invitedBy}, `, moment(person.since)),
        el('span', {}, person.lastSeenAt ? ['Last here ', moment(person.lastSeenAt)] : 'Never here'),
        el('span', {}, held),
        person.desks.length > 0 && el('span', { class: 'desks' }, `Desks: ${person.desks.join(', ')}`),
        person.formerNames.length > 0 && el('span', {}, `Formerly ${person.formerNames.join(', ')}`),
        el('span', {}, person.id),
      ),
      person.endedAt ? this.endedActions(person) : this.actions(person),
    );
  }

  /** @param {PersonView} person */
  endedActions(person) {
    const again = () =>
      this.act(() => api.changePerson(person.id, { readmit: true }), `${person.name} is let in again.`);
    return el(
      'p',
      { class: 'line' },
      el('span', {}, 'Ended ', moment(person.endedAt ?? '')),
      el('button', { type: 'button', class: 'plain readmit', onclick: again }, 'Let in again'),
    );
  }

  /** @param {PersonView} person */
  actions(person) {
    const link = () =>
      this.act(async () => this.tellLink((await api.inviteAgain(person.id)).data), `${person.name} has a new link.`);
    return el(
      'div',
      { class: 'line' },
      // Who comes by an issuer signs in there.
      !person.issuer && el('button', { type: 'button', class: 'plain link', onclick: link }, 'Make another link'),
      el('details', { class: 'changing' }, el('summary', {}, 'Change'), this.changeForm(person)),
      el('details', { class: 'ending' }, el('summary', {}, 'End access'), this.ending(person)),
    );
  }

  /** @param {PersonView} person */
  changeForm(person) {
    const own = `change-${person.id}`;
    const input = el('input', { name: 'name', autocomplete: 'off', value: person.name });
    input.defaultValue = person.name;
    const fields = [field(`${own}-name`, 'Name', input, { name: 'name' })];
    // What an issuer says of somebody is not the desk's to change.
    if (!person.issuer) fields.push(field(`${own}-role`, 'Role', roleChoice(person.role), { name: 'role' }));
    fields.push(desksField(`${own}-desks`, person.desks));
    const button = el('button', {}, 'Change');
    // Only what was changed: what another operator changed meanwhile stays.
    const send = (/** @type {HTMLFormElement} */ form) => {
      const [name, role, desks] = [given(form, 'name'), given(form, 'role'), desksIn(form)];
      return api.changePerson(person.id, {
        name: name === person.name ? undefined : name,
        role: !role || role === person.role ? undefined : role,
        desks: desks.join() === person.desks.join() ? undefined : desks,
      });
    };
    return sendingForm(own, fields, button, send, async () => {
      await this.list.load();
      say('It is changed.');
    });
  }

  /** @param {PersonView} person */
  ending(person) {
    const end = () => this.act(() => api.endPerson(person.id), `The access of ${person.name} is ended.`);
    return el(
      'p',
      { class: 'line' },
      el('span', {}, 'Every session, token and link of theirs ends at once.'),
      el('button', { type: 'button', class: 'end', onclick: end }, `End the access of ${person.name}`),
    );
  }

  /** @param {() => Promise<unknown>} action @param {string} done */
  async act(action, done) {
    try {
      await action();
      await this.list.load();
      say(done);
    } catch (error) {
      say(/** @type {Error} */ (error).message);
    }
  }
}

/** @param {string} id @param {string[]} desks */
function desksField(id, desks) {
  const input = el('input', { name: 'desks', autocomplete: 'off' });
  input.defaultValue = desks.join(', ');
  return field(id, 'Desks', input, {
    name: 'desks',
    hint: 'Where the newsroom parts its desks: those whose articles they work on, with commas between.',
  });
}

/** @param {HTMLFormElement} form */
const desksIn = (form) =>
  given(form, 'desks')
    .split(',')
    .map((desk) => desk.trim())
    .filter(Boolean);

/** @param {string} chosen */
const roleChoice = (chosen) =>
  select(
    'role',
    roles.map((role) => /** @type {[string, string]} */ ([role, wordsFor(role)])),
    chosen,
  );
