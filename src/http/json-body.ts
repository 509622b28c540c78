import express, { type RequestHandler } from 'express';

/**
 * Every body is read as JSON, whatever its content type says: a pause of one trigger whose body was passed over would
 * be a pause of everything. It comes after the key, so that nobody without one has us read anything.
 */
export const jsonBody = (limit = '100kb'): RequestHandler => express.json({ limit, type: () => true });
