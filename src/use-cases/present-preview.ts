import type { Preview } from './preview-template.ts';

/** A preview as JSON: the same on the command line and over HTTP. */
export function presentPreview({ template, account, person, message }: Preview) {
  const { kind: _, ...parts } = message;
  return { template, account, person, ...parts };
}
