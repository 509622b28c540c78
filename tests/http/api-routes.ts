import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../src/http/', import.meta.url);
/** Where a file's routes hang; all others hang under /v1. */
const MOUNTS: Readonly<Record<string, string>> = {
  'account-routes.ts': '/v1/accounts',
  'bounce-routes.ts': '',
  'nudge-routes.ts': '/v1/nudges',
};
/** For everybody, and told nothing secret. */
const OPEN = ['health-routes.ts', 'sdk-routes.ts'];

export type ApiRoute = {
  readonly file: string;
  readonly method: string;
  /** With its parameters as the source names them: `:id`, `${step}`. */
  readonly path: string;
};

/** Every route of the API by what the source says: a new one is held to the same without anybody thinking of it. */
export const apiRoutes: readonly ApiRoute[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('-routes.ts') && !OPEN.includes(file))
  .flatMap((file) => {
    const source = readFileSync(new URL(file, FOLDER), 'utf8');
    return [...source.matchAll(/router\.(get|post|delete|put|patch)\(\s*['`]([^'`]+)['`]/g)].map(
      ([, method = '', path = '']) => ({
        file,
        method: method.toUpperCase(),
        path: `${MOUNTS[file] ?? '/v1'}${path}`,
      }),
    );
  });

/** The route with something in the place of each parameter. */
export const withParameters = ({ path }: ApiRoute, fill: (name: string) => string): string =>
  path.replace(/:\w+|\$\{\w+\}/g, fill);
