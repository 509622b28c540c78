/** Emails whoever gives a 9 or 10, at once. */
export const MAIL = `
description: Email a promoter.
status: live
on: NPS Answered
when: [{ event: { score: { at_least: 9 } } }]
who: actor
channel: email
template: words
deadline: 24h
latest: 72h
fresh: 48h
priority: 70
`;

/** Shows a card to whoever completes a workflow. */
export const CARD = `
description: Show a card after a workflow.
status: live
on: Workflow Completed
who: actor
channel: nudge
template: card
expires: 3d
priority: 40
`;

/** Gives the owner a draft when something kind was said; without an answer in 18 hours it goes out as an email. */
export const DRAFT = `
description: Draft a personal ask after kind words.
status: live
on: Kind Words
who: actor
channel: draft
template: words
fallback: { channel: email, after: 18h }
deadline: 24h
latest: 72h
fresh: 48h
expires: 7d
priority: 60
`;
