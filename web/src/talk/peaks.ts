/** How loud each part of a sound is, between 0 and 1, the loudest being 1. */
export function loudness(samples: Float32Array, parts: number): number[] {
  const size = Math.max(1, Math.floor(samples.length / parts));
  const found = Array.from({ length: parts }, (_, part) => {
    let sum = 0;
    const from = part * size;
    const to = Math.min(samples.length, from + size);
    for (let at = from; at < to; at += 1) sum += (samples[at] ?? 0) ** 2;
    return Math.sqrt(sum / Math.max(1, to - from));
  });
  const loudest = Math.max(...found);
  return loudest === 0 ? found : found.map((one) => one / loudest);
}

/** The loudness of a recorded sound. */
export async function peaksOf(file: Blob, parts: number): Promise<number[]> {
  const decoded = await new OfflineAudioContext(1, 1, 16_000).decodeAudioData(await file.arrayBuffer());
  return loudness(decoded.getChannelData(0), parts);
}
