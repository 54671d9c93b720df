// Addresses that only this machine reaches. A file of its own: a command asks before it loads a server.

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
