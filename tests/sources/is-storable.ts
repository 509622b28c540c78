/** Whether a text column takes this: no NUL, no half of a surrogate pair. */
export const isStorable = (text: string) => !text.includes('\0') && !/\p{Surrogate}/u.test(text);
