/*
 * Offers in the shape that phones and browsers send them: line for line as they appear on the wire, with addresses and
 * secrets replaced. `lines` joins with CRLF, as RFC 8866 §5 wants it.
 */

function lines(text: string): string {
  return `${text.trim().split('\n').join('\r\n')}\r\n`;
}

/** baresip 1.0.0, recorded: label, reduced-size RTCP and minptime. */
export const BARESIP_OFFER = lines(`
v=0
o=- 3371046129 1735816302 IN IP4 192.0.2.17
s=-
c=IN IP4 192.0.2.17
t=0 0
a=tool:baresip 1.0.0
m=audio 41020 RTP/AVP 9 0 8 101
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=sendrecv
a=label:1
a=rtcp-rsize
a=ssrc:2889177215 cname:sip:4020@192.0.2.10
a=minptime:20
a=ptime:20
`);

/** linphone: Opus and Speex first, AVPF feedback, video that nobody here wants. */
export const LINPHONE_OFFER = lines(`
v=0
o=4031 2713 3418 IN IP4 198.51.100.4
s=Talk
c=IN IP4 198.51.100.4
t=0 0
a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics
a=record:off
m=audio 7078 RTP/AVP 96 97 98 0 8 101 99 100
a=rtpmap:96 opus/48000/2
a=fmtp:96 useinbandfec=1
a=rtpmap:97 speex/16000
a=fmtp:97 vbr=on
a=rtpmap:98 speex/8000
a=fmtp:98 vbr=on
a=rtpmap:101 telephone-event/48000
a=rtpmap:99 telephone-event/16000
a=rtpmap:100 telephone-event/8000
a=rtcp:7079
a=rtcp-fb:* trr-int 1000
a=rtcp-fb:* ccm tmmbr
m=video 9078 RTP/AVP 96
a=rtpmap:96 VP8/90000
a=rtcp:9079
a=rtcp-fb:* ccm fir
a=rtcp-fb:96 nack pli
`);

/** Yealink T4x: all codecs of the house, G.729 annex B off, ptime before the direction, DTMF with events to 15. */
export const YEALINK_OFFER = lines(`
v=0
o=- 20017 20017 IN IP4 192.168.1.40
s=SDP data
c=IN IP4 192.168.1.40
t=0 0
m=audio 11794 RTP/AVP 9 8 0 18 101
a=rtpmap:9 G722/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:18 G729/8000
a=fmtp:18 annexb=no
a=ptime:20
a=sendrecv
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
`);

/** Snom D7xx with SRTP offered on the side: crypto lines under RTP/AVP, to be ignored by whoever stays in the clear. */
export const SNOM_OFFER = lines(`
v=0
o=root 1432876530 1432876530 IN IP4 10.20.30.41
s=call
c=IN IP4 10.20.30.41
t=0 0
m=audio 58024 RTP/AVP 9 8 0 99 3 18 4 101
a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz
a=rtpmap:9 G722/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:99 G726-32/8000
a=rtpmap:3 GSM/8000
a=rtpmap:18 G729/8000
a=fmtp:18 annexb=no
a=rtpmap:4 G723/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a=sendrecv
`);

/** A phone that insists on nothing: first an encrypted stream, then the same in the clear. */
export const SRTP_OR_RTP_OFFER = lines(`
v=0
o=- 8811 8811 IN IP4 10.20.30.42
s=-
c=IN IP4 10.20.30.42
t=0 0
m=audio 20000 RTP/SAVP 8 0 101
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:4
a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj|2^20|1:32
m=audio 20002 RTP/AVP 8 0 101
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=ptime:30
`);

/** A provider's gateway: bandwidth, no rtpmap for static numbers, telephone-event on 96, comfort noise, maxptime. */
export const TRUNK_OFFER = lines(`
v=0
o=PVG 1700000000123 1700000000123 IN IP4 203.0.113.80
s=-
p=+1 6135555555
c=IN IP4 203.0.113.80
b=AS:84
t=0 0
m=audio 27942 RTP/AVP 8 0 13 96
a=rtpmap:96 telephone-event/8000
a=fmtp:96 0-15,32-36
a=ptime:20
a=maxptime:40
`);

/** A softphone on an IPv6 network. */
export const IPV6_OFFER = lines(`
v=0
o=- 16891 1 IN IP6 2001:db8::20
s=-
c=IN IP6 2001:db8::20
t=0 0
m=audio 16886 RTP/AVP 0 101
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
`);

/** Chromium: bundled audio and video with ICE and DTLS, for which the border is there. */
export const CHROMIUM_OFFER = lines(`
v=0
o=- 7349013561829140211 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS 6b9a4ad4-2d5a-4b7e-9f0b-0f9d3b1f1a44
m=audio 52342 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 192.0.2.50
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:3351811245 1 udp 2122260223 192.0.2.50 52342 typ host generation 0 network-id 1 network-cost 10
a=candidate:2253893341 1 tcp 1518280447 192.0.2.50 9 typ host tcptype active generation 0 network-id 1 network-cost 10
a=ice-ufrag:Zq3H
a=ice-pwd:KgD6oyJ1lRf8ZyE0RJnUuBpB
a=ice-options:trickle
a=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:6b9a4ad4-2d5a-4b7e-9f0b-0f9d3b1f1a44 0c1a1c8e-6f57-4a6f-8f63-a3ff0d6f2a55
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:3928123311 cname:9sQ0xJ2hX5v1n7Qk
a=ssrc:3928123311 msid:6b9a4ad4-2d5a-4b7e-9f0b-0f9d3b1f1a44 0c1a1c8e-6f57-4a6f-8f63-a3ff0d6f2a55
m=video 9 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:Zq3H
a=ice-pwd:KgD6oyJ1lRf8ZyE0RJnUuBpB
a=ice-options:trickle
a=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08
a=setup:actpass
a=mid:1
a=recvonly
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
`);

/** Firefox: session-level fingerprint and ICE options, candidates with mDNS names, port 9 before gathering. */
export const FIREFOX_OFFER = lines(`
v=0
o=mozilla...THIS_IS_SDPARTA-99.0 4294967295 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:sha-256 C9:EC:4B:1E:55:FD:5D:FF:62:60:49:54:C1:0F:E4:41:22:01:31:4F:7A:EE:85:6B:A3:24:5E:BE:0F:D5:2A:10
a=group:BUNDLE 0
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 0.0.0.0
a=candidate:0 1 UDP 2122252543 3f0b5a1e-7a7b-4c55-9c5f-1ec2ab0d7a10.local 49203 typ host
a=sendrecv
a=end-of-candidates
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=fmtp:101 0-15
a=ice-pwd:2f1dd0b3b6e4ab1a3c0a9e3d19b0cc1c
a=ice-ufrag:8f3a1c2e
a=mid:0
a=msid:{2a4e0f7e-35b0-4d61-8d1a-7e0b1f3a6c55} {9d3cf6ab-1b44-49cc-a5b8-19cbb2f0e6d1}
a=rtcp-mux
a=rtpmap:109 opus/48000/2
a=rtpmap:9 G722/8000/1
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=setup:actpass
a=ssrc:1234059271 cname:{1c2b0d0a-5a0c-4b1f-9e0d-7f0a5e7d2b11}
`);

/** RFC 8866 §5, the example of the specification. */
export const RFC_8866_EXAMPLE = lines(`
v=0
o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1
s=Call to John Smith
i=SDP Offer #1
u=http://www.jdoe.example.com/home.html
e=Jane Doe <jane@jdoe.example.com>
p=+1 617 555-6011
c=IN IP4 198.51.100.1
t=0 0
m=audio 49170 RTP/AVP 0
m=audio 49180 RTP/AVP 0
m=video 51372 RTP/AVP 99
c=IN IP6 2001:db8::2
a=rtpmap:99 h263-1998/90000
`);

/** All of them by name. */
export const ALL_OFFERS: ReadonlyMap<string, string> = new Map([
  ['baresip', BARESIP_OFFER],
  ['linphone', LINPHONE_OFFER],
  ['Yealink', YEALINK_OFFER],
  ['Snom with SRTP on the side', SNOM_OFFER],
  ['SRTP or RTP', SRTP_OR_RTP_OFFER],
  ['trunk', TRUNK_OFFER],
  ['IPv6', IPV6_OFFER],
  ['Chromium', CHROMIUM_OFFER],
  ['Firefox', FIREFOX_OFFER],
  ['RFC 8866 §5', RFC_8866_EXAMPLE],
]);

export { lines as sdpLines };
