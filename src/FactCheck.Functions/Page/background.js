// What a reviewer should know before deciding: why the task is there, what analytics says, earlier verdicts, what changed.

import { el, facts, outLink } from './dom.js';
import { counted, exactly, moodOf, wordsFor } from './words.js';

/** @typedef {import('./contract.js').TaskDetail} TaskDetail */
/** @typedef {import('./contract.js').StatementView} StatementView */
/** @typedef {import('./contract.js').Decision} Decision */

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
 * @param {(verdict: import('./contract.js').EarlierVerdict) => void} [reuse] offers to set the statement aside as already checked
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
    statement.reasons.length > 0 &&
      el(
        'details',
        {},
        el('summary', {}, `Check-worthiness ${share.format(statement.score)}`),
        el(
          'table',
          {},
          el('caption', {}, 'What the score comes from; the weights are added up'),
          el(
            'thead',
            {},
            el(
              'tr',
              {},
              ['Feature', 'Words', 'Weight'].map((name) =>
                el('th', { scope: 'col', class: name === 'Weight' && 'number' }, name),
              ),
            ),
          ),
          el(
            'tbody',
            {},
            statement.reasons.map((reason) =>
              el(
                'tr',
                {},
                el('th', { scope: 'row', title: reason.feature }, reason.label),
                el('td', {}, reason.because ?? ''),
                el('td', { class: 'number' }, numbers.format(reason.weight)),
              ),
            ),
          ),
        ),
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

/** @param {TaskDetail} detail @param {((verdict: import('./contract.js').EarlierVerdict) => void)|undefined} reuse */
function earlier({ statement: { matches, verdict }, ratings }, reuse) {
  return (
    (matches.length > 0 || verdict) &&
    el(
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
        matches.map((match) =>
          el(
            'li',
            {},
            el('p', {}, el('strong', {}, ratingLabel(match.rating, ratings)), `: ${match.text}`),
            el(
              'p',
              { class: 'meta' },
              el('span', {}, match.same ? 'The same words' : `${share.format(match.similarity)} alike`),
              el('span', {}, outLink(claimPage(match.statementId), 'Read it')),
              reuse &&
                el(
                  'button',
                  {
                    type: 'button',
                    class: 'plain',
                    'aria-label': `Already checked there: ${match.text}`,
                    onclick: () => reuse(match),
                  },
                  'Already checked there',
                ),
            ),
          ),
        ),
      ),
    )
  );
}

/** @param {string} id @param {import('./contract.js').RatingChoice[]} ratings */
export const ratingLabel = (id, ratings) => ratings.find((rating) => rating.id === id)?.label ?? wordsFor(id);

/** Where a published verdict stands. @param {string} statementId */
export const claimPage = (statementId) => new URL(`/claims/${encodeURIComponent(statementId)}`, location.href).href;

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

/** @param {TaskDetail} detail */
export function history({ history: decisions, ratings }) {
  return (
    decisions.length > 0 &&
    el(
      'section',
      { id: 'history', 'aria-labelledby': 'history-title' },
      el('h2', { id: 'history-title' }, 'History'),
      el(
        'ol',
        { class: 'plain-list' },
        decisions.map((decision) => el('li', {}, decisionView(decision, ratings))),
      ),
    )
  );
}

/**
 * A decision to read.
 * @param {Decision} decision
 * @param {import('./contract.js').RatingChoice[]} ratings
 * @param {boolean} [open] shows its evidence at once
 */
export function decisionView(decision, ratings, open = false) {
  const { amendment, evidence = [] } = decision;
  return el(
    'div',
    { class: 'decision-view' },
    el(
      'p',
      {},
      el('strong', {}, decision.by),
      ` ${wordsFor(decision.action)}, `,
      exactly(decision.at),
      decision.confirmedBy && `; confirmed by ${decision.confirmedBy}`,
    ),
    facts(
      ['Rating', decision.rating && ratingLabel(decision.rating, ratings)],
      ['Reason', decision.reason && wordsFor(decision.reason)],
      ['Checked at', decision.alreadyCheckedAt && outLink(decision.alreadyCheckedAt)],
      ['New wording', amendment?.text],
      ['New speaker', amendment?.speaker],
      ['New place', amendment?.span && 'other words of the article'],
      ['Explanation', decision.explanation],
      ['Note', decision.note],
    ),
    evidence.length > 0 &&
      el(
        'details',
        { open },
        el('summary', {}, counted(evidence.length, 'piece of evidence', 'pieces of evidence')),
        el(
          'ul',
          {},
          evidence.map((item) =>
            el(
              'li',
              {},
              item.url ? outLink(item.url, item.title ?? item.url) : (item.title ?? 'Without a link'),
              el(
                'span',
                { class: 'quiet' },
                ` ${[item.publisher, wordsFor(item.kind ?? 'Secondary'), wordsFor(item.stance ?? 'Context'), wordsFor(item.visibility ?? 'Public')].filter(Boolean).join(' · ')}`,
              ),
              item.excerpt && el('blockquote', {}, item.excerpt),
            ),
          ),
        ),
      ),
  );
}
