// Form fields with their labels, hints and errors.

import { el, fill } from '../lib/dom.js';

/** @typedef {import('../lib/dom.js').Child} Child */
/** @typedef {HTMLInputElement|HTMLTextAreaElement|HTMLSelectElement} Control */

/**
 * A control under its label. `name` is what the server calls the field; its error shows up here.
 * @param {string} id
 * @param {string} label
 * @param {Control} control
 * @param {{hint?: string, name?: string}} [options]
 */
export function field(id, label, control, { hint, name = id } = {}) {
  control.id = id;
  control.dataset.field = name;
  if (hint) control.dataset.hint = `${id}-hint`;
  describe(control, false);
  return el(
    'div',
    { class: 'field' },
    el('label', { for: id }, label),
    hint && el('p', { class: 'hint', id: `${id}-hint` }, hint),
    control,
    el('p', { class: 'error', id: `${id}-error`, hidden: true }),
  );
}

/**
 * Choices of which one holds.
 * @param {string} id
 * @param {string} legend
 * @param {string} name
 * @param {{value: string, label: string, hint?: string}[]} choices
 * @param {string|undefined} chosen
 */
export function radios(id, legend, name, choices, chosen) {
  return el(
    'fieldset',
    { id, 'data-field': name, class: 'radios' },
    el('legend', {}, legend),
    el('p', { class: 'error', id: `${id}-error`, hidden: true }),
    choices.map(({ value, label, hint }) => {
      const own = `${id}-${value}`;
      return el(
        'div',
        { class: 'choice' },
        el('input', {
          type: 'radio',
          name,
          value,
          id: own,
          checked: value === chosen,
          'aria-describedby': hint && `${own}-hint`,
        }),
        el('label', { for: own }, label),
        hint && el('p', { class: 'hint', id: `${own}-hint` }, hint),
      );
    }),
  );
}

/**
 * @param {string} name
 * @param {[string, string][]} options value and label
 * @param {string|undefined} chosen
 */
export function select(name, options, chosen) {
  return el(
    'select',
    { name },
    options.map(([value, label]) => el('option', { value, selected: value === chosen }, label)),
  );
}

/**
 * Shows each error beside its field and moves focus to the first. Answers those that have no field here.
 * @param {HTMLElement} form
 * @param {Record<string, string>} errors
 * @returns {string[]}
 */
export function showErrors(form, errors) {
  clearErrors(form);
  const known = [...form.querySelectorAll('[data-field]')].map((node) => /** @type {HTMLElement} */ (node));
  const homeless = new Set(Object.keys(errors));
  /** @type {HTMLElement|null} */
  let first = null;
  for (const node of known) {
    const message = errors[node.dataset.field ?? ''];
    if (!message || node.closest('[hidden]')) continue;
    homeless.delete(node.dataset.field ?? '');
    mark(node, message);
    first ??= node;
  }
  const target = first?.matches('fieldset')
    ? /** @type {HTMLElement|null} */ (first.querySelector('input:checked, input, button'))
    : first;
  target?.focus();
  return [...homeless].map((name) => errors[name]);
}

/**
 * A form that is sent once at a time, and emptied then; what is wrong stands beside its field, or above the button.
 * @param {string} id
 * @param {HTMLElement[]} fields
 * @param {HTMLButtonElement} button
 * @param {(form: HTMLFormElement) => Promise<unknown>} send
 * @param {() => Promise<unknown>} sent what follows, once the form is emptied
 */
export function sendingForm(id, fields, button, send, sent) {
  const problem = problemBox();
  const form = el('form', { id, novalidate: true }, fields, problem, button);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    clearErrors(form);
    tell(problem, []);
    try {
      await once(button, 'Sending …', async () => {
        await send(form);
        form.reset();
        await sent();
      });
    } catch (error) {
      const { message, errors = {} } = /** @type {import('../lib/api.js').Problem} */ (error);
      tell(problem, [message, ...showErrors(form, errors)]);
    }
  });
  return form;
}

/**
 * Runs an action once, however often its button is pressed meanwhile. The button keeps focus.
 * @param {HTMLButtonElement} button
 * @param {string} said what it says meanwhile
 * @param {() => Promise<unknown>} action
 */
export async function once(button, said, action) {
  if (button.getAttribute('aria-disabled')) return;
  const label = button.textContent ?? '';
  button.setAttribute('aria-disabled', 'true');
  button.textContent = said;
  try {
    await action();
  } finally {
    button.removeAttribute('aria-disabled');
    button.textContent = label;
  }
}

/** @param {HTMLElement} form */
export function clearErrors(form) {
  for (const node of form.querySelectorAll('[data-field]')) mark(/** @type {HTMLElement} */ (node), '');
}

/** @param {HTMLElement} node @param {string} message */
function mark(node, message) {
  const error = document.getElementById(`${node.id}-error`);
  if (error) {
    error.textContent = message;
    error.hidden = !message;
  }
  if (!node.matches('fieldset')) node.toggleAttribute('aria-invalid', false);
  if (message && !node.matches('fieldset')) node.setAttribute('aria-invalid', 'true');
  describe(node, message !== '');
}

/** @param {HTMLElement} node @param {boolean} wrong */
function describe(node, wrong) {
  const ids = [node.dataset.hint, wrong && `${node.id}-error`].filter(Boolean).join(' ');
  if (ids) node.setAttribute('aria-describedby', ids);
  else node.removeAttribute('aria-describedby');
}

/**
 * Where a form says what none of its fields can.
 * @param {string} [id]
 */
export const problemBox = (id) => el('div', { id, class: 'notice bad', role: 'alert', hidden: true });

/**
 * Says it there; without lines the box goes.
 * @param {HTMLElement} box
 * @param {string[]} lines
 */
export function tell(box, lines) {
  box.hidden = lines.length === 0;
  fill(
    box,
    lines.map((line) => el('p', {}, line)),
  );
}

/**
 * What stands in a form under a name, trimmed.
 * @param {HTMLFormElement} form
 * @param {string} name
 */
export const given = (form, name) => String(new FormData(form).get(name) ?? '').trim();
