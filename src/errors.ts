/** Why we refuse a caller. HTTP status lives in one table, in `http/problem.ts`. */
export type RefusalCode =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'gone'
  | 'too_large'
  | 'unsupported'
  | 'busy';

export type FieldError = { readonly field: string; readonly message: string };

/** An expected "no" to the caller: says what came, what was expected and where. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly errors: readonly FieldError[];
  constructor(code: RefusalCode, message: string, errors: readonly FieldError[] = []) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.errors = errors;
  }
}

/** The refusal of one field, for what `message` says of it. */
export const invalidField = (field: string, message: string): Refusal =>
  new Refusal('invalid', `${field}: ${message}`, [{ field, message }]);
