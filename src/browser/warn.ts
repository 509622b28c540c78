const said = new Set<string>();

/** Tells the developer of the page, once, and nobody else. */
export function warn(text: string): void {
  if (said.has(text)) return;
  said.add(text);
  // biome-ignore lint/suspicious/noConsole: it is where a browser's developer looks.
  console.warn(`Goodturn: ${text}`);
}
