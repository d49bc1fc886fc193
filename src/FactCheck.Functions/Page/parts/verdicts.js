// Decisions and verdicts to read.

import { el, facts, outLink } from '../lib/dom.js';
import { counted, exactly, wordsFor } from '../lib/words.js';

/** @typedef {import('../lib/contract.js').Decision} Decision */
/** @typedef {import('../lib/contract.js').Evidence} Evidence */
/** @typedef {import('../lib/contract.js').RatingChoice} RatingChoice */

/** @param {string} id @param {RatingChoice[]} ratings */
export const ratingLabel = (id, ratings) => ratings.find((rating) => rating.id === id)?.label ?? wordsFor(id);

/** Where a published verdict stands. @param {string} statementId */
export const claimPage = (statementId) => new URL(`/claims/${encodeURIComponent(statementId)}`, location.href).href;

/** @param {import('../lib/contract.js').TaskDetail} detail */
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
 * @param {RatingChoice[]} ratings
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
    evidence.length > 0 && evidenceView(evidence, open),
  );
}

/** @param {Evidence[]} evidence @param {boolean} open */
function evidenceView(evidence, open) {
  return el(
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
          el('span', { class: 'quiet' }, ` ${originOf(item)}`),
          item.excerpt && el('blockquote', {}, item.excerpt),
        ),
      ),
    ),
  );
}

/** @param {Evidence} evidence */
const originOf = ({ publisher, kind = 'Secondary', stance = 'Context', visibility = 'Public' }) =>
  [publisher, wordsFor(kind), wordsFor(stance), wordsFor(visibility)].filter(Boolean).join(' · ');
