import { DAY } from '../src/engine/time.ts';
import type { Stage } from './story.ts';

const SAM = { csm_name: 'Sam Okafor', csm_email: 'sam@acorn.example' };

/** Who the customers are, told by each through the client that its product uses. */
export async function introduceCast({ world, screen, time }: Stage): Promise<void> {
  const start = time.at(1, 'Monday', '09:00');
  const traits = (name: string, months: number, more: object) => ({
    name,
    created_at: new Date(start - months * 30 * DAY).toISOString(),
    ...more,
  });
  const northwind = traits('Northwind', 7, { plan: 'team', seats: 24, ...SAM });
  const copperfield = traits('Copperfield Legal', 14, { plan: 'team', seats: 40, ...SAM });
  const brightside = traits('Brightside Dental', 11, { plan: 'team', seats: 20, ...SAM });
  const harbor = traits('Harbor & Finch', 9, { plan: 'team', seats: 12 });

  await screen.chapter('Week 1, Monday 09:00', 'Four customers of Acorn');
  const { segment, posthog } = world;
  segment.identify({
    userId: 'ada',
    traits: { name: 'Ada Lindqvist', email: 'ada@northwind.example', title: 'Head of Operations' },
  });
  segment.group({ userId: 'ada', groupId: 'northwind', traits: northwind });
  segment.identify({ userId: 'erin', traits: { name: 'Erin Walsh', email: 'erin@copperfield.example' } });
  segment.group({ userId: 'erin', groupId: 'copperfield', traits: copperfield });
  posthog.identify({
    distinctId: 'carla',
    properties: { $set: { name: 'Carla Mendes', email: 'carla@brightside.example' } },
  });
  posthog.groupIdentify({ groupType: 'company', groupKey: 'brightside', properties: brightside });
  posthog.capture({ distinctId: 'carla', event: 'Report Shared', groups: { company: 'brightside' } });
  posthog.identify({
    distinctId: 'dev',
    properties: { $set: { name: 'Dev Patel', email: 'dev@harborfinch.example' } },
  });
  posthog.groupIdentify({ groupType: 'company', groupKey: 'harbor', properties: harbor });
  posthog.capture({ distinctId: 'dev', event: 'Report Shared', groups: { company: 'harbor' } });
  await world.deliver();

  await screen.beat(
    '•',
    'Northwind',
    'Ada Lindqvist. Reports through @segment/analytics-node. Their CSM is Sam Okafor.',
  );
  await screen.beat(
    '•',
    'Brightside Dental',
    'Carla Mendes. Reports through posthog-node. Their CSM is Sam, too.',
  );
  await screen.beat('•', 'Harbor & Finch', 'Dev Patel. Reports through posthog-node. They have no CSM.');
  await screen.beat(
    '•',
    'Copperfield Legal',
    'Erin Walsh. Reports through @segment/analytics-node. Their CSM is Sam.',
  );
}
