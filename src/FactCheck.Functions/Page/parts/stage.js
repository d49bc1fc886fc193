// How far an article has come, in words.

import { el } from '../lib/dom.js';
import { wordsFor } from '../lib/words.js';

/** @typedef {import('../lib/contract.js').ArticleSummary} ArticleSummary */

/** @param {ArticleSummary} article */
export function stageOf(article) {
  if (article.retracted) return 'Taken back';
  if (article.stage === 'Ready' && article.littleRead && article.statements === 0) return 'Little was read';
  return article.stage === 'Published' ? `Published, version ${article.publishedVersion}` : wordsFor(article.stage);
}

/** @param {ArticleSummary} article */
export function troubleOf({ rejection, failure, littleRead }) {
  const trouble = rejection?.message ?? failure ?? littleRead;
  return trouble && el('p', { class: 'notice bad' }, trouble);
}
