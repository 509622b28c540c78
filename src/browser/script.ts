import { createGoodturn } from './create-goodturn.ts';

// What GET /sdk/goodturn.js answers with is made of this file: it knows its host from where it was loaded.
const { currentScript } = document;
const source = currentScript instanceof HTMLScriptElement ? currentScript.src : '';

Object.assign(window, { Goodturn: createGoodturn(source && new URL('..', source).href) });
