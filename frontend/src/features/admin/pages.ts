/** The pages about the whole installation, by the name in their address. */
export const ADMIN_PAGES = ['people', 'jobs', 'audit'] as const;

export type AdminPageName = (typeof ADMIN_PAGES)[number];
