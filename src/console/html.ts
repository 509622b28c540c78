import { escapeHtml } from '../delivery/html-part.ts';

const MARKUP = Symbol('markup');

/** Text that is markup already, because `html` made it. Nothing that came as JSON can be one. */
export type Html = { readonly [MARKUP]: string };

export type Piece = Html | string | number | null | undefined | false | readonly Piece[];

/**
 * Markup with every value escaped, so that it is text wherever it stands: between tags or inside a quoted attribute.
 * Lists are joined; null, undefined and false are nothing.
 */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  const text = strings
    .map((part, index) => part + (index < pieces.length ? render(pieces[index]) : ''))
    .join('');
  return { [MARKUP]: text };
}

export const toText = (markup: Html): string => markup[MARKUP];

function render(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return '';
  if (typeof piece === 'string') return escapeHtml(piece);
  if (typeof piece === 'number') return String(piece);
  return isHtml(piece) ? piece[MARKUP] : piece.map(render).join('');
}

const isHtml = (piece: Html | readonly Piece[]): piece is Html => MARKUP in piece;
