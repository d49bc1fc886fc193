// One article: its text with every statement marked, what to do with them, and publication.

import * as api from '../lib/api.js';
import { whenChanged } from '../lib/changes.js';
import { el, facts, fill, keyed, outLink, refill, say } from '../lib/dom.js';
import { calendarDay, counted, may, wordsFor } from '../lib/words.js';
import { DeskPanel } from '../parts/articledesk.js';
import { PublicationPanel } from '../parts/publication.js';
import { PurposePanel } from '../parts/purpose.js';
import { ReceiptPanel } from '../parts/receipt.js';
import { stageOf, troubleOf } from '../parts/stage.js';
import { AddForm, placeOrder, statementItem } from '../parts/statements.js';
import { ArticleText } from '../parts/text.js';

/** @typedef {import('../lib/contract.js').ArticleDetail} ArticleDetail */
/** @typedef {import('../lib/contract.js').StatementView} StatementView */
/** @typedef {import('../lib/visit.js').Visit} Visit */

/** @param {HTMLElement} main @param {Visit} visit */
export async function showArticle(main, { me, signal, args: [id, wanted] }) {
  const [{ data: detail }, statements] = await read(id, signal);
  if (signal.aborted) return;
  const view = new ArticleView(me, signal, detail, statements);
  fill(main, view.head, el('div', { class: 'columns' }, view.reading, view.working));
  if (wanted) view.pointOut(wanted);
  whenChanged((changes) => {
    if (changes.length === 0 || changes.some((change) => change.articleId === id))
      void view.reload().catch(() => undefined);
  }, signal);
}

/** @param {string} id @param {AbortSignal} signal */
const read = (id, signal) => Promise.all([api.article(id, signal), api.statements(id, signal)]);

class ArticleView {
  head = el('header', { id: 'article-head' });
  reading = el('section', { class: 'reading', 'aria-labelledby': 'text-title' });
  count = el('p', { id: 'statement-count', class: 'quiet' });
  list = el('ol', { id: 'statements', class: 'cards small' });
  adding = el('div', {});

  /**
   * @param {import('../lib/contract.js').Me} me
   * @param {AbortSignal} signal
   * @param {ArticleDetail} detail
   * @param {StatementView[]} statements
   */
  constructor(me, signal, detail, statements) {
    this.mayReview = may(me, 'Reviewer');
    this.signal = signal;
    this.id = detail.article.id;
    this.detail = detail;
    this.statements = statements;
    this.purpose = new PurposePanel(me, this.id, () => this.reload());
    this.desk = new DeskPanel(me, this.id, () => this.reload());
    this.receipt = new ReceiptPanel(me, this.id, () => this.reload());
    this.publication = new PublicationPanel(me, this.id, () => this.reload());
    this.working = el(
      'div',
      { class: 'working' },
      this.purpose.element,
      this.desk.element,
      this.receipt.element,
      this.publication.element,
      el(
        'section',
        { 'aria-labelledby': 'statements-title' },
        el('h2', { id: 'statements-title' }, 'Statements'),
        this.count,
        this.list,
      ),
      this.adding,
    );
    this.text = this.makeText();
    this.showReading();
    this.update();
  }

  makeText() {
    return new ArticleText(this.detail.text ?? '', marksIn(this.statements), {
      language: this.detail.meta.language,
      signal: this.signal,
      onmark: (statement) => document.getElementById(`statement-${statement}`)?.focus(),
    });
  }

  showReading() {
    const { text } = this.detail;
    const none = el('p', { class: 'quiet' }, 'There is no text to show yet.');
    fill(this.reading, el('h2', { id: 'text-title' }, 'Text'), text ? [legend(), this.text.element] : none);
    const form = this.mayReview && text && new AddForm(this.text, (statement) => this.add(statement));
    fill(this.adding, form && form.element);
  }

  update() {
    const { detail, statements } = this;
    refill(this.head, [detail.article, detail.meta, detail.reportUrl], () => headOf(detail));
    this.purpose.update(detail);
    this.desk.update(detail);
    this.receipt.update(detail);
    this.publication.update(detail);
    const tasks = statements.filter((statement) => statement.taskId).length;
    const counts = `${counted(tasks, 'task')}, ${counted(statements.length - tasks, 'candidate')}`;
    const { leftOut } = detail.article;
    const kept = leftOut ? `; ${leftOut} more were found and not kept, as they are worth least` : '';
    this.count.textContent = statements.length ? `${counts}, in the order of the text${kept}` : 'None were found.';
    keyed(
      this.list,
      placeOrder(statements),
      (statement) => statement.id,
      (statement) =>
        statementItem(statement, {
          show: () => this.text.show(statement.id),
          promote: this.mayReview ? () => this.promote(statement) : undefined,
        }),
    );
  }

  /** @param {StatementView} statement */
  async promote({ id }) {
    try {
      await this.add({ candidateId: id }, id);
    } catch (error) {
      if (!this.signal.aborted) say(/** @type {Error} */ (error).message);
    }
  }

  /** @param {object} statement @param {string} [focused] the statement that has focus afterwards */
  async add(statement, focused) {
    const { data } = await api.addStatement(this.id, statement);
    await this.reload();
    if (focused) document.getElementById(`statement-${focused}`)?.focus();
    say('A task was opened for it.', el('a', { href: `#/task/${encodeURIComponent(data.id)}` }, 'Open the task'));
  }

  async reload() {
    const before = { text: this.detail.text, marks: JSON.stringify(marksIn(this.statements)) };
    const [{ data: detail }, statements] = await read(this.id, this.signal);
    this.detail = detail;
    this.statements = statements;
    this.update();
    if (before.text !== detail.text) {
      this.text = this.makeText();
      this.showReading();
    } else if (before.marks !== JSON.stringify(marksIn(statements))) {
      this.text.remark(marksIn(statements));
    }
  }

  /** @param {string} statement */
  pointOut(statement) {
    this.text.show(statement);
    document.getElementById(`statement-${statement}`)?.classList.add('current');
  }
}

function legend() {
  const task = el('mark', { class: 'is-task' }, 'task');
  const candidate = el('mark', { class: 'is-candidate' }, 'candidate without a task');
  return el('p', { class: 'legend' }, task, ' ', candidate);
}

/** @param {StatementView[]} statements @returns {import('../parts/text.js').Mark[]} */
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
      ['Date not read', meta.unreadDate && `“${meta.unreadDate}” can be two days, or is none; write it as 2026-04-03`],
      ['Source', meta.sourceUrl && outLink(meta.sourceUrl)],
      ['File', `${article.name}${article.run > 1 ? `, version ${article.run}` : ''}`],
      ['Purpose', wordsFor(meta.purpose)],
      ['Desk', article.desk],
      ['Fact check', reportUrl && outLink(reportUrl, 'Read the published fact check')],
    ),
    troubleOf(article),
  ];
}
