/**
 * The metadata by which handlers tell guards what they ask of a request. Rooms beside each other share them: those that declare
 * handlers, and those whose guards read.
 */
export const HANDLER_METADATA = Object.freeze({
  /** `true`: anonymous requests are let in. */
  public: 'guichet:public',
  /** Scopes that must all be granted. */
  scopes: 'guichet:scopes',
  /** Roles of which one must be held. */
  roles: 'guichet:roles',
  /** Cost units against every limit, an integer >= 1. */
  cost: 'guichet:cost',
  /** `true`: browsers cannot be asked for a header here; what they say of where a request comes from must suffice. */
  originChecked: 'guichet:origin-checked',
});
