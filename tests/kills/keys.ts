/** What the service of a run is given, and its clients use. */
export const WRITE_KEY = 'wk_kills';
export const SECRET_KEY = 'sk_kills';
export const PUBLISHABLE_KEY = 'pk_kills';
export const IDENTITY_SECRET = 'kills-identity-secret-0123456789';
