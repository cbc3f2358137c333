export { isEmergencyRequest } from './admission/emergency.ts';
export { Gateway, type GatewayOptions } from './gateway.ts';
export * from './ports.ts';
export { DEFAULT_EXPIRY, type ExpiryPolicy } from './registrar/registration.ts';
export { MAX_GREETING_MS } from './voicemail/voicemail-limits.ts';
