// What a reviewer should know before deciding: why the task is there, what analytics says, earlier verdicts, what
// changed.

import { el, facts, outLink } from '../lib/dom.js';
import { exactly, moodOf, wordsFor } from '../lib/words.js';
import { claimPage, ratingLabel } from './verdicts.js';

/** @typedef {import('../lib/contract.js').TaskDetail} TaskDetail */
/** @typedef {import('../lib/contract.js').StatementView} StatementView */
/** @typedef {import('../lib/contract.js').EarlierVerdict} EarlierVerdict */

/** @type {Record<string, string>} */
const origins = {
  Selected: 'It was picked as one of the statements most worth a check.',
  Promoted: 'Somebody promoted it from the candidates.',
  Added: 'Somebody added it by hand.',
  Changed: 'A new version of the article changed it.',
  Reverification: 'Something that its verdict rests on has changed.',
};
const numbers = new Intl.NumberFormat('en-GB', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
});
const share = new Intl.NumberFormat('en-GB', { style: 'percent' });

/**
 * @param {TaskDetail} detail
 * @param {(verdict: EarlierVerdict) => void} [reuse] offers to set the statement aside as already checked
 */
export function background(detail, reuse) {
  return [why(detail), drift(detail), earlier(detail, reuse), insights(detail.statement)];
}

/** @param {TaskDetail} detail */
function why({ why: reasons, statement, task }) {
  return el(
    'section',
    { id: 'why', 'aria-labelledby': 'why-title' },
    el('h2', { id: 'why-title' }, 'Why you see it'),
    el(
      'ul',
      {},
      el('li', {}, statement.addedBy ? `${statement.addedBy} added it by hand.` : origins[task.origin]),
      reasons.map((reason) => el('li', {}, reason)),
    ),
    statement.replaces && el('p', {}, 'It took the place of: ', el('del', {}, statement.replaces)),
    statement.reasons.length > 0 && scoreOf(statement),
  );
}

/** @param {StatementView} statement */
function scoreOf({ score, reasons }) {
  const heads = ['Feature', 'Words', 'Weight'].map((name) =>
    el('th', { scope: 'col', class: name === 'Weight' && 'number' }, name),
  );
  const rows = reasons.map(({ feature, label, because, weight }) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row', title: feature }, label),
      el('td', {}, because ?? ''),
      el('td', { class: 'number' }, numbers.format(weight)),
    ),
  );
  return el(
    'details',
    {},
    el('summary', {}, `Check-worthiness ${share.format(score)}`),
    el(
      'table',
      {},
      el('caption', {}, 'What the score comes from; the weights are added up'),
      el('thead', {}, el('tr', {}, heads)),
      el('tbody', {}, rows),
    ),
  );
}

/** @param {TaskDetail} detail */
function drift({ drift: found }) {
  return (
    found.length > 0 &&
    el(
      'section',
      { id: 'drift', 'aria-labelledby': 'drift-title' },
      el('h2', { id: 'drift-title' }, 'What changed since the verdict'),
      found.map((item) =>
        el(
          'div',
          { class: 'drift' },
          el('h3', {}, `${wordsFor(item.finding)}: ${item.what === 'article' ? 'the article' : 'a piece of evidence'}`),
          el('p', {}, item.message, ' ', item.url && outLink(item.url)),
          sentences('Removed', 'del', item.removed),
          sentences('Added', 'ins', item.added),
        ),
      ),
    )
  );
}

/** @param {string} name @param {'del'|'ins'} tag @param {string[]} lines */
function sentences(name, tag, lines) {
  return (
    lines.length > 0 &&
    el(
      'div',
      {},
      el('h4', {}, name),
      el(
        'ul',
        { class: `diff ${tag}` },
        lines.map((line) => el('li', {}, el(tag, {}, line))),
      ),
    )
  );
}

/** @param {TaskDetail} detail @param {((verdict: EarlierVerdict) => void)|undefined} reuse */
function earlier({ statement: { matches, verdict }, ratings }, reuse) {
  if (matches.length === 0 && !verdict) return null;
  return el(
    'section',
    { id: 'earlier', 'aria-labelledby': 'earlier-title' },
    el('h2', { id: 'earlier-title' }, 'Earlier verdicts'),
    verdict &&
      el(
        'p',
        {},
        'Published for this statement: ',
        el('strong', {}, ratingLabel(verdict.rating, ratings)),
        `, version ${verdict.version}, `,
        exactly(verdict.publishedAt),
        '.',
      ),
    el(
      'ul',
      { class: 'plain-list' },
      matches.map((match) => matchItem(match, ratingLabel(match.rating, ratings), reuse)),
    ),
  );
}

/** @param {EarlierVerdict} match @param {string} rating @param {((verdict: EarlierVerdict) => void)|undefined} reuse */
function matchItem(match, rating, reuse) {
  const label = `Already checked there: ${match.text}`;
  const use = () => reuse?.(match);
  return el(
    'li',
    {},
    el('p', {}, el('strong', {}, rating), `: ${match.text}`),
    el(
      'p',
      { class: 'meta' },
      el('span', {}, match.same ? 'The same words' : `${share.format(match.similarity)} alike`),
      el('span', {}, outLink(claimPage(match.statementId), 'Read it')),
      reuse &&
        el('button', { type: 'button', class: 'plain', 'aria-label': label, onclick: use }, 'Already checked there'),
    ),
  );
}

/** @param {StatementView} statement */
function insights({ insights: found }) {
  if (!found) return null;
  const kinds = [...new Set(found.entities.map((entity) => entity.kind))];
  return el(
    'section',
    { id: 'insights', 'aria-labelledby': 'insights-title' },
    el('h2', { id: 'insights-title' }, 'What text analytics says'),
    facts(
      ...kinds.map(
        (kind) =>
          /** @type {[string, string]} */ ([
            wordsFor(kind),
            found.entities
              .filter((entity) => entity.kind === kind)
              .map((entity) => entity.text)
              .join(', '),
          ]),
      ),
      ['Mood', found.sentiment === undefined ? null : moodOf(found.sentiment)],
      ['Key phrases', found.keyPhrases.join(', ')],
    ),
  );
}
