// A list that the server gives page by page: as many pages as were asked for, and a button that asks for one more.

import { el, keyed, say } from '../lib/dom.js';

/** @template {{id: string}} T */
export class PagedList {
  pages = 1;
  latest = 0;

  /**
   * @param {string} id
   * @param {AbortSignal} signal
   * @param {(cursor: string|undefined) => Promise<{items: T[], cursor?: string}>} read
   * @param {(item: T) => HTMLElement} render
   * @param {(items: T[], isMore: boolean) => void} onshown
   */
  constructor(id, signal, read, render, onshown) {
    this.signal = signal;
    this.read = read;
    this.render = render;
    this.onshown = onshown;
    this.element = el('ol', { id, class: 'cards' });
    const more = () => this.load(this.pages + 1).catch((error) => this.failed(error));
    this.more = el('button', { id: 'load-more', hidden: true, onclick: more }, 'Show more');
  }

  /** @param {number} [wanted] how many pages to show */
  async load(wanted = this.pages) {
    const call = ++this.latest;
    const { items, cursor } = await this.readPages(wanted);
    if (call !== this.latest || this.signal.aborted) return;
    this.pages = wanted;
    keyed(this.element, items, (item) => item.id, this.render);
    this.more.hidden = !cursor;
    this.onshown(items, Boolean(cursor));
  }

  /** @param {number} wanted */
  async readPages(wanted) {
    /** @type {T[]} */
    const items = [];
    /** @type {string|undefined} */
    let cursor;
    for (let read = 0; read === 0 || (read < wanted && cursor); read++) {
      const page = await this.read(cursor);
      items.push(...page.items);
      cursor = page.cursor;
    }
    return { items, cursor };
  }

  /** @param {Error} error */
  failed(error) {
    if (!this.signal.aborted) say(error.message);
  }
}
