import { expect, test } from 'vitest';
import type { Workspace } from '../../src/engine/account.ts';
import type { Json } from '../../src/engine/event.ts';
import { fold } from '../../src/engine/fold.ts';
import { ownerOf } from '../../src/engine/owner.ts';
import { indexSignals } from '../../src/engine/signal-index.ts';
import { emptyState } from '../../src/engine/state.ts';
import { anAccountUpdate } from '../builders.ts';

const team: Workspace = { teamDomains: ['Vendor.example', 'vendor.test'] };

const owner = (csm: Json, workspace: Workspace = team) =>
  ownerOf(fold(emptyState(), anAccountUpdate({ csm_email: csm }), indexSignals([])), workspace);

test('is the CSM of the account, where their address is one of the team', () => {
  expect(owner('sam@vendor.example')).toEqual({ email: 'sam@vendor.example' });
  expect(owner('  sam@VENDOR.test ')).toEqual({ email: 'sam@VENDOR.test' });
});

test('else the default owner, and whose address was ignored is said', () => {
  const workspace = { ...team, defaultOwnerEmail: 'kim@vendor.test' };
  expect(owner(null, workspace)).toEqual({ email: 'kim@vendor.test' });
  expect(owner('   ', workspace)).toEqual({ email: 'kim@vendor.test' });
  expect(owner(7, workspace)).toEqual({ email: 'kim@vendor.test' });
  expect(owner('eve@customer.example', workspace)).toEqual({
    email: 'kim@vendor.test',
    ignored: 'eve@customer.example',
  });
});

test('else nobody: what is about a customer never goes to that customer', () => {
  expect(owner(null)).toEqual({});
  expect(owner('eve@customer.example')).toEqual({ ignored: 'eve@customer.example' });
  expect(owner('eve@customer.example', { ...team, defaultOwnerEmail: 'kim@elsewhere.example' })).toEqual({
    ignored: 'eve@customer.example',
  });
  expect(owner('nobody', { ...team, defaultOwnerEmail: '' })).toEqual({ ignored: 'nobody' });
});
