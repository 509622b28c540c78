/** Why a request on an SDK door is turned down as a whole. Each door says it in its SDK's own form. */
export class HttpFault extends Error {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415;
  constructor(status: HttpFault['status'], message: string) {
    super(message);
    this.name = 'HttpFault';
    this.status = status;
  }
}

/** The client hung up before its request was whole: there is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super('the client hung up before its request was whole');
    this.name = 'ClientGone';
  }
}
