import type { Api, ApiParts } from '../types.ts';

export function syncRoutes(_api: Api, _parts: ApiParts): void {}
