// The articles: how far each has come, and uploading another.

import * as api from './api.js';
import { whenChanged } from './changes.js';
import { el, fill, keyed, say } from './dom.js';
import { field } from './fields.js';
import { counted, moment, wordsFor } from './words.js';

/** @typedef {import('./contract.js').ArticleSummary} ArticleSummary */
/** @typedef {import('./contract.js').Visit} Visit */

/** @param {HTMLElement} main @param {Visit} visit */
export async function showArticles(main, { signal }) {
  const list = el('ol', { id: 'articles', class: 'cards' });
  const empty = el(
    'p',
    { id: 'articles-empty', class: 'empty', hidden: true },
    'There are no articles yet. Upload the first one above, or drop files into the folder or storage container that this desk watches.',
  );
  const more = el(
    'button',
    { id: 'load-more', hidden: true, onclick: () => load(pages + 1).catch((error) => say(error.message)) },
    'Show more',
  );
  let pages = 1;
  let latest = 0;

  await load(1);
  if (signal.aborted) return;
  fill(
    main,
    el('h1', { tabindex: -1 }, 'Articles'),
    uploadForm(() => load(pages)),
    list,
    empty,
    more,
  );
  whenChanged(() => void load(pages).catch(() => undefined), signal);

  /** @param {number} wanted how many pages to show */
  async function load(wanted) {
    const call = ++latest;
    /** @type {ArticleSummary[]} */
    const items = [];
    /** @type {string|undefined} */
    let cursor;
    let read = 0;
    do {
      const { data } = await api.articles(cursor, signal);
      items.push(...data.items);
      cursor = data.cursor;
    } while (++read < wanted && cursor);
    if (call !== latest || signal.aborted) return;
    pages = wanted;
    keyed(list, items, (article) => article.id, articleItem);
    more.hidden = !cursor;
    empty.hidden = items.length > 0;
  }
}

/** @param {() => Promise<void>} reload */
function uploadForm(reload) {
  const file = el('input', {
    type: 'file',
    multiple: true,
    accept: '.txt,.text,.md,.markdown,.html,.htm,.docx,.pdf,.srt,.vtt',
  });
  const button = el('button', { id: 'upload' }, 'Upload');
  const results = el('div', { id: 'upload-results', role: 'status' });
  return el(
    'form',
    { id: 'upload-form', class: 'panel', onsubmit: upload },
    field('file', 'Upload articles', file, {
      hint: 'Plain text, Markdown, HTML, Word or PDF. A file with the name of an earlier one becomes its next version.',
    }),
    button,
    results,
  );

  /** @param {Event} event */
  async function upload(event) {
    event.preventDefault();
    const files = [...(file.files ?? [])];
    if (files.length === 0) {
      fill(results, el('p', {}, 'Choose a file first.'));
      file.focus();
      return;
    }
    fill(results, el('p', {}, `Uploading ${counted(files.length, 'file')} …`));
    const lines = await Promise.all(
      files.map((each) =>
        api.upload(each).then(
          () => `${each.name}: received. It shows below as soon as it is read.`,
          (error) => `${each.name}: ${error.message}`,
        ),
      ),
    );
    fill(
      results,
      lines.map((line) => el('p', {}, line)),
    );
    file.value = '';
    await reload().catch(() => undefined);
  }
}

/** @param {ArticleSummary} article */
function articleItem(article) {
  return el(
    'li',
    { class: 'card article', 'data-article': article.id },
    el(
      'p',
      { class: 'kicker' },
      el('span', { class: article.stage === 'Ready' ? 'tag strong' : 'tag' }, stageOf(article)),
      article.purpose === 'OwnCopy' && el('span', { class: 'tag' }, wordsFor('OwnCopy')),
    ),
    el('h2', {}, el('a', { href: `#/article/${encodeURIComponent(article.id)}` }, article.title)),
    el(
      'p',
      { class: 'meta' },
      article.outlet && el('span', {}, article.outlet),
      el('span', {}, article.name),
      el('span', {}, 'Changed ', moment(article.updatedAt)),
    ),
    article.statements > 0 &&
      el(
        'p',
        { class: 'meta' },
        el('span', {}, counted(article.statements, 'statement')),
        el('span', {}, article.openTasks ? `${counted(article.openTasks, 'task')} open` : 'no open tasks'),
      ),
    troubleOf(article),
  );
}

/** @param {ArticleSummary} article */
export function stageOf(article) {
  if (article.retracted) return 'Taken back';
  return article.stage === 'Published' ? `Published, version ${article.publishedVersion}` : wordsFor(article.stage);
}

/** @param {ArticleSummary} article */
export function troubleOf({ rejection, failure }) {
  return (rejection || failure) && el('p', { class: 'notice bad' }, rejection?.message ?? failure);
}
