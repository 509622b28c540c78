/** The kinds of evidence that hold now and have no date: they do not fade, and lie within any length of time. */
export const UNDATED: ReadonlySet<string> = new Set(['silent', 'trait', 'tenure']);
