/**
 * Gives the memory of bytes back at once that were copied and that nobody looks at any more; views of them are empty
 * from then on. Bytes that share their memory with others are left alone.
 *
 * V8 looks for garbage in all of the heap for every 64 MB of buffers that were made, however few of them are still in
 * use: with bodies of 1 MiB that took a third of the server's processor time.
 */
export function freeBytes({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
