import { z } from 'zod';
import type { Config } from '../config.ts';
import type { FieldError } from '../errors.ts';
import { CommandFault, type Io } from './io.ts';

/** Asks the running service to do it. Throws a fault that says what it answered. */
export async function askService(
  io: Io,
  { BASE_URL, SECRET_KEY }: Pick<Config, 'BASE_URL' | 'SECRET_KEY'>,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<unknown> {
  if (SECRET_KEY === undefined) {
    throw new CommandFault(
      `The service that runs at ${BASE_URL} has the database open. Set SECRET_KEY, and it is asked to do this.`,
    );
  }
  io.err(`the service at ${BASE_URL} has the database open, so it is asked to do this\n`);
  const { status, text } = await send(method, `${BASE_URL}${path}`, SECRET_KEY, body);
  if (status < 300) return text === '' ? undefined : JSON.parse(text);
  throw new ServiceRefusal(BASE_URL, status, problemIn(text));
}

/** The service said no; its reason is one that the user can mend. */
export class ServiceRefusal extends CommandFault {
  readonly status: number;
  readonly errors: readonly FieldError[];
  constructor(service: string, status: number, { detail, errors = [] }: z.output<typeof Problem>) {
    super(`The service at ${service} answered ${status}: ${detail}`);
    this.name = 'ServiceRefusal';
    this.status = status;
    this.errors = errors;
  }
}

/** One request with a key, its body as JSON. */
export async function send(
  method: string,
  url: string,
  key: string,
  body?: unknown,
): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new CommandFault(`${url} cannot be reached (${cause}). Is BASE_URL right?`);
  }
}

const Problem = z.object({
  detail: z.string(),
  errors: z.array(z.looseObject({ field: z.string(), message: z.string() })).optional(),
});

/** Our own problems, or what a proxy in between said. */
function problemIn(text: string): z.output<typeof Problem> {
  try {
    return Problem.parse(JSON.parse(text));
  } catch {
    return { detail: text.slice(0, 500) };
  }
}
