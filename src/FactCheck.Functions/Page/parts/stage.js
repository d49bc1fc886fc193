// How far an article has come, in words.

import { el } from '../lib/dom.js';
import { wordsFor } from '../lib/words.js';

/** @typedef {import('../lib/contract.js').ArticleSummary} ArticleSummary */

/** @param {ArticleSummary} article */
export function stageOf(article) {
  if (article.retracted) return 'Taken back';
  return article.stage === 'Published' ? `Published, version ${article.publishedVersion}` : wordsFor(article.stage);
}

/** @param {ArticleSummary} article */
export function troubleOf({ rejection, failure }) {
  return (rejection || failure) && el('p', { class: 'notice bad' }, rejection?.message ?? failure);
}
