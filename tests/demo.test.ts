import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

let told: Awaited<ReturnType<typeof runDemo>>;
let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'goodturn-demo-test-'));
  told = await runDemo(['--once'], scratch);
}, 240_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What was said, each beat on one line, however it was broken. */
const story = () => told.out.replace(/\s*\n\s*(│ ?)?/g, ' ');

describe('the demo', () => {
  test('comes to its end, and nothing was complained of', () => {
    expect(told).toMatchObject({ code: 0, err: '' });
  });

  test('shows readiness rise with its reasons', () => {
    expect(told.out).toMatch(
      /Week 1 .* 0 .*\n.*Week 2 .* 30 .*They shared 8 reports.*\n.*Week 3 .* 65 .*ten workflows/,
    );
  });

  test('shows the nudge, and the referral that follows from it', () => {
    expect(story()).toMatch(/Who else should have this\?.*\[ Read the note \].*Jonas Weber of Lumen Labs/);
  });

  test('shows the draft as the CSM gets it, with the evidence', () => {
    expect(told.out).toMatch(
      /To {7}Sam Okafor <sam@acorn\.example>\n.*Subject {2}Carla Mendes at Brightside Dental/,
    );
    expect(told.out).toContain('- They grew from 20 to 28 seats');
  });

  test('shows the email to the promoter, which waited for the morning', () => {
    expect(story()).toMatch(
      /it waits until Wednesday 09:00.*Dev Patel <dev@harborfinch\.example>.*Thank you for the 10/,
    );
  });

  test('shows the advocate thanked, and the CSM told to', () => {
    expect(told.out).toContain('Subject  Lumen Labs is on board, thanks to you');
    expect(told.out).toContain(
      'Subject  Worth thanking Ada Lindqvist in person: Lumen Labs became a customer',
    );
  });

  test('says why the fourth account was not asked, and no mail went there', () => {
    expect(story()).toMatch(/not asked because .*A support ticket is open \(urgent\)/);
    expect(told.out).not.toContain('erin@copperfield.example');
  });

  test('fits into 100 columns, without colours where it is no terminal', () => {
    const links = /https?:\/\/\S+/;
    const wide = told.out.split('\n').filter((line) => line.length > 100 && !links.test(line));
    expect(wide).toEqual([]);
    expect(told.out).not.toContain('\u001b');
  });

  test('leaves nothing behind', () => {
    expect(readdirSync(scratch).filter((name) => name.startsWith('goodturn-demo'))).toEqual([]);
  });
});

test('an option that the demo does not know is refused by name', async () => {
  const { code, err } = await runDemo(['--onec'], tmpdir());
  expect(code).toBe(1);
  expect(err).toContain('There is no option "--onec"');
});

function runDemo(flags: readonly string[], temporary: string) {
  const child = spawn(
    process.execPath,
    [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), 'demo/demo.ts', ...flags],
    {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: temporary, PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}
