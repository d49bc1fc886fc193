// One article: its text with every statement marked, what to do with them, and publication.

import * as api from './api.js';
import { stageOf, troubleOf } from './articles.js';
import { whenChanged } from './changes.js';
import { el, facts, fill, keyed, refill, outLink, say } from './dom.js';
import { publicationPanel } from './publication.js';
import { addForm, placeOrder, statementItem } from './statements.js';
import { articleText } from './text.js';
import { calendarDay, counted, may, wordsFor } from './words.js';

/** @typedef {import('./contract.js').ArticleDetail} ArticleDetail */
/** @typedef {import('./contract.js').StatementView} StatementView */
/** @typedef {import('./contract.js').Visit} Visit */

/** @param {HTMLElement} main @param {Visit} visit */
export async function showArticle(main, { me, signal, args: [id, wanted] }) {
  let [{ data: detail }, statements] = await Promise.all([api.article(id, signal), api.statements(id, signal)]);
  let text = textOf();
  const head = el('header', { id: 'article-head' });
  const reading = el('section', { class: 'reading', 'aria-labelledby': 'text-title' });
  const publication = publicationPanel(me, id, () => reload());
  const count = el('p', { id: 'statement-count', class: 'quiet' });
  const list = el('ol', { id: 'statements', class: 'cards small' });
  const adding = el('div', {});
  showReading();
  update();
  if (signal.aborted) return;
  fill(
    main,
    head,
    el(
      'div',
      { class: 'columns' },
      reading,
      el(
        'div',
        { class: 'working' },
        publication.element,
        el(
          'section',
          { 'aria-labelledby': 'statements-title' },
          el('h2', { id: 'statements-title' }, 'Statements'),
          count,
          list,
        ),
        adding,
      ),
    ),
  );
  if (wanted) pointOut(wanted);
  whenChanged((changes) => {
    if (changes.length === 0 || changes.some((change) => change.articleId === id)) void reload().catch(() => undefined);
  }, signal);

  function textOf() {
    return articleText(detail.text ?? '', marksIn(statements), {
      language: detail.meta.language,
      signal,
      onmark: (statement) => document.getElementById(`statement-${statement}`)?.focus(),
    });
  }

  function showReading() {
    fill(
      reading,
      el('h2', { id: 'text-title' }, 'Text'),
      detail.text
        ? [
            el(
              'p',
              { class: 'legend' },
              el('mark', { class: 'is-task' }, 'task'),
              ' ',
              el('mark', { class: 'is-candidate' }, 'candidate without a task'),
            ),
            text.element,
          ]
        : el('p', { class: 'quiet' }, 'There is no text to show yet.'),
    );
    fill(
      adding,
      may(me, 'Reviewer') &&
        detail.text &&
        addForm(text, async (statement) => {
          const { data } = await api.addStatement(id, statement);
          await reload();
          say('A task was opened for it.', el('a', { href: `#/task/${encodeURIComponent(data.id)}` }, 'Open the task'));
        }),
    );
  }

  function update() {
    refill(head, [detail.article, detail.meta, detail.reportUrl], () => headOf(detail));
    publication.update(detail);
    const tasks = statements.filter((statement) => statement.taskId).length;
    count.textContent = statements.length
      ? `${counted(tasks, 'task')}, ${counted(statements.length - tasks, 'candidate')}, in the order of the text`
      : 'None were found.';
    keyed(
      list,
      placeOrder(statements),
      (statement) => statement.id,
      (statement) =>
        statementItem(statement, {
          show: () => text.show(statement.id),
          promote: may(me, 'Reviewer') ? () => promote(statement) : undefined,
        }),
    );
  }

  /** @param {StatementView} statement */
  async function promote(statement) {
    try {
      const { data } = await api.addStatement(id, { candidateId: statement.id });
      await reload();
      document.getElementById(`statement-${statement.id}`)?.focus();
      say('A task was opened for it.', el('a', { href: `#/task/${encodeURIComponent(data.id)}` }, 'Open the task'));
    } catch (error) {
      if (!signal.aborted) say(/** @type {Error} */ (error).message);
    }
  }

  async function reload() {
    const before = { text: detail.text, marks: JSON.stringify(marksIn(statements)) };
    const [answer, newest] = await Promise.all([api.article(id, signal), api.statements(id, signal)]);
    detail = answer.data;
    statements = newest;
    update();
    if (before.text !== detail.text) {
      text = textOf();
      showReading();
    } else if (before.marks !== JSON.stringify(marksIn(statements))) {
      text.remark(marksIn(statements));
    }
  }

  /** @param {string} statement */
  function pointOut(statement) {
    text.show(statement);
    document.getElementById(`statement-${statement}`)?.classList.add('current');
  }
}

/** @param {StatementView[]} statements @returns {import('./text.js').Mark[]} */
function marksIn(statements) {
  return statements.flatMap(({ id, span, taskId }) =>
    span ? [{ id, span, style: taskId ? 'is-task' : 'is-candidate', said: taskId ? 'task' : undefined }] : [],
  );
}

/** @param {ArticleDetail} detail */
function headOf({ article, meta, reportUrl }) {
  return [
    el('h1', { tabindex: -1 }, article.title),
    facts(
      ['Stage', el('span', { id: 'article-stage' }, stageOf(article))],
      ['Outlet', meta.outlet],
      ['By', meta.byline],
      ['Dated', meta.published && calendarDay(meta.published)],
      ['Source', meta.sourceUrl && outLink(meta.sourceUrl)],
      ['File', `${article.name}${article.run > 1 ? `, version ${article.run}` : ''}`],
      ['Purpose', wordsFor(meta.purpose)],
      ['Fact check', reportUrl && outLink(reportUrl, 'Read the published fact check')],
    ),
    troubleOf(article),
  ];
}
