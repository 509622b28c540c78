import { expect, test } from 'vitest';
import { presentNudge } from '../../src/delivery/nudge.ts';

const content = {
  title: 'Nice work',
  body: 'Know someone?',
  action: { label: 'Share it', url: 'https://app.vendor.example/share' },
};

test('a nudge is what an app needs to show it, and no more', () => {
  const ask = {
    id: 'ask_1',
    trigger: 'milestone',
    content,
    expiresAt: Date.parse('2026-05-14T09:00:00Z'),
    readiness: 80,
  };
  expect(presentNudge(ask)).toEqual({
    id: 'ask_1',
    trigger: 'milestone',
    ...content,
    expires_at: '2026-05-14T09:00:00.000Z',
  });
});

test('a nudge that is kept for good says so', () => {
  expect(presentNudge({ id: 'ask_1', trigger: 'milestone', content })?.expires_at).toBeNull();
});

test.each(['javascript:alert(1)', 'data:text/html,x', '/relative', ''])(
  'a nudge that leads to %j is not offered',
  (url) => {
    expect(
      presentNudge({ id: 'ask_1', trigger: 'm', content: { ...content, action: { label: 'x', url } } }),
    ).toBeUndefined();
  },
);
