import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const compose = parse(readFileSync('compose.yaml', 'utf8'), { merge: true });
const dockerfile = readFileSync('Dockerfile', 'utf8');
const documented = new Set(
  [...readFileSync('docs/operating.md', 'utf8').matchAll(/^\| (`[A-Z_`, ]+`) \|/gm)].flatMap(([, names]) =>
    [...(names ?? '').matchAll(/[A-Z_]+/g)].map(([name]) => name),
  ),
);

describe('compose.yaml', () => {
  test('runs two replicas that differ in nothing, behind a proxy that knows them both', () => {
    const { 'goodturn-1': first, 'goodturn-2': second, proxy } = compose.services;
    expect(second).toEqual(first);
    expect(Object.keys(proxy.depends_on)).toEqual(['goodturn-1', 'goodturn-2']);
    expect(compose.configs.caddyfile.content).toContain('goodturn-1:4400 goodturn-2:4400');
    expect(compose.configs.caddyfile.content).toContain('health_uri /readyz');
  });

  test('passes every setting on that there is, and none that there is not', () => {
    const given = new Set(Object.keys(compose.services['goodturn-1'].environment));
    // Set inside the container, or without a meaning where there is a PostgreSQL.
    const fixed = ['PORT', 'DATA_DIR', 'TRIGGERS_DIR', 'TEMPLATES_DIR'];
    expect([...given].filter((name) => !documented.has(name))).toEqual([]);
    expect([...documented].filter((name) => !given.has(name) && !fixed.includes(name))).toEqual([]);
  });
});

describe('the Dockerfile', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, paths]) =>
    (paths ?? '').split(' ').slice(0, -1),
  );

  test('copies what is there, and what is not kept from it', () => {
    const allowed = new Set(
      readFileSync('.dockerignore', 'utf8')
        .split('\n')
        .flatMap((line) => (line.startsWith('!') ? line.slice(1) : [])),
    );
    expect(copied.length).toBeGreaterThan(8);
    expect(copied.filter((path) => !existsSync(path) || !allowed.has(path))).toEqual([]);
  });

  test('copies every configuration that the build reads', () => {
    const named = readFileSync('scripts/build.mjs', 'utf8').match(/tsconfig[a-z.]*\.json/g) ?? [];
    expect(named).toContain('tsconfig.browser.json');
    expect(named.filter((path) => !copied.includes(path))).toEqual([]);
  });

  test('runs as nobody special, and says how it is doing', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK [\s\S]*?\/readyz/m);
  });
});
