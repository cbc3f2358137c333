/** DTLS-SRTP protection profiles that are spoken (RFC 5764 §4.1.2, RFC 7714 §14.2). */
export type DtlsSrtpProfile = 'AEAD_AES_128_GCM' | 'AES_CM_128_HMAC_SHA1_80';

/** The preferred first: both are strong, and this one costs half (docs/decisions/0010-srtp-in-script.md). */
export const DTLS_SRTP_PROFILES: readonly DtlsSrtpProfile[] = ['AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM'];

export function dtlsIdOf(profile: DtlsSrtpProfile): number {
  return profile === 'AEAD_AES_128_GCM' ? 7 : 1;
}

export function profileOfDtlsId(id: number): DtlsSrtpProfile | undefined {
  return DTLS_SRTP_PROFILES.find((profile) => dtlsIdOf(profile) === id);
}

export function saltOctetsOf(profile: DtlsSrtpProfile): number {
  return profile === 'AEAD_AES_128_GCM' ? 12 : 14;
}
