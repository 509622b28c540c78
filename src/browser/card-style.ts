/**
 * The card in the page's own typeface. It is light or dark as the page says by `color-scheme`, and every colour can be
 * set from outside by a `--goodturn-…` variable. Sides are logical, so that it mirrors in a right-to-left page.
 */
export const CARD_STYLE = `
:host {
  all: initial;
  color-scheme: inherit;
  font-family: var(--goodturn-font, inherit);
  position: fixed;
  z-index: var(--goodturn-z, 2147483000);
  inset-block-end: calc(var(--goodturn-inset, 24px) + env(safe-area-inset-bottom, 0px));
  inset-inline-end: var(--goodturn-inset, 24px);
  inline-size: min(364px, 100vw - 2 * var(--goodturn-inset, 24px));
}
:host([theme=light]) { color-scheme: light; }
:host([theme=dark]) { color-scheme: dark; }
.card {
  --accent: var(--goodturn-accent, light-dark(#1f5f4a, #8fd6ba));
  --on-accent: var(--goodturn-on-accent, light-dark(#fff, #10201a));
  --surface: var(--goodturn-surface, light-dark(#fff, #20262a));
  --text: var(--goodturn-text, light-dark(#171b1a, #f1f3f2));
  --soft: var(--goodturn-soft, light-dark(#56605c, #aab4b0));
  --line: var(--goodturn-line, light-dark(#0000001a, #ffffff21));
  box-sizing: border-box;
  position: relative;
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 6px 8px;
  max-block-size: calc(100vh - 2 * var(--goodturn-inset, 24px));
  overflow: auto;
  padding: 18px 20px 16px;
  border: 1px solid var(--line);
  border-radius: var(--goodturn-radius, 14px);
  background: var(--surface);
  color: var(--text);
  box-shadow: 0 1px 2px #00000014, 0 10px 32px #00000024;
  font-size: var(--goodturn-font-size, 15px);
  line-height: 1.5;
  overflow-wrap: anywhere;
  opacity: 0;
}
.card.ready { opacity: 1; animation: arrive .32s cubic-bezier(.2, .8, .3, 1); }
@keyframes arrive { from { opacity: 0; transform: translateY(12px); } }
.words { flex: 1 0 100%; margin-block-end: 8px; }
p { margin: 0; white-space: pre-line; unicode-bidi: plaintext; }
#title { padding-inline-end: 28px; font-size: 1.067em; font-weight: 600; line-height: 1.35; text-wrap: balance; }
#body { margin-block-start: 6px; color: var(--soft); font-size: .967em; }
a, button {
  box-sizing: border-box;
  display: inline-flex;
  align-items: center;
  justify-content: center;
  min-block-size: 36px;
  margin: 0;
  padding: 6px 14px;
  border: 1px solid transparent;
  border-radius: calc(var(--goodturn-radius, 14px) * .6);
  background: none;
  color: var(--text);
  font: inherit;
  font-size: .933em;
  font-weight: 500;
  line-height: 1.35;
  text-align: center;
  text-decoration: none;
  cursor: pointer;
}
a { background: var(--accent); color: var(--on-accent); }
a:hover { background: color-mix(in srgb, var(--accent) 88%, var(--text)); }
.later { border-color: var(--line); }
.later:hover, .close:hover { background: color-mix(in srgb, var(--text) 7%, transparent); }
.decline { margin-inline: auto -8px; padding-inline: 8px; color: var(--soft); font-size: .867em; font-weight: 400; }
.decline:hover { color: var(--text); text-decoration: underline; text-underline-offset: 3px; }
.close {
  position: absolute;
  inset-block-start: 10px;
  inset-inline-end: 10px;
  inline-size: 32px;
  min-block-size: 32px;
  padding: 0;
  color: var(--soft);
}
.close::before, .close::after {
  content: "";
  position: absolute;
  inline-size: 13px;
  border-block-start: 1.5px solid;
  transform: rotate(45deg);
}
.close::after { transform: rotate(-45deg); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (pointer: coarse) {
  a, button, .close { min-block-size: 44px; }
  .close { inline-size: 44px; inset-block-start: 6px; inset-inline-end: 6px; }
}
@media (max-width: 480px) {
  :host {
    inset-inline: var(--goodturn-inset, 12px);
    inset-block-end: calc(var(--goodturn-inset, 12px) + env(safe-area-inset-bottom, 0px));
    inline-size: auto;
  }
  .card { padding-inline: 16px; }
  .action, .later { padding-inline: 12px; }
  .decline { margin-inline-end: -4px; padding-inline: 4px; }
}
@media (prefers-reduced-motion: reduce) { .card.ready { animation: none; } }
@media (forced-colors: active) { .action { border-color: LinkText; } }
`;
