/** What is wrong with one message: it costs that message and nothing else of its batch. */
export class MessageFault extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'MessageFault';
  }
}

/** Refuses the message at hand. The reason says what came, what was expected and where. */
export function refuse(reason: string): never {
  throw new MessageFault(reason);
}
