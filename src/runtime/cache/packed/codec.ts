import { CodecStore, type Codec, type Store } from '../store';
import { Packer } from './packer';
import { ShapeTable, StringTable } from './tables';
import { Unpacker } from './unpacker';

/** A codec whose packed objects take about an eighth of their JSON. Each belongs to one store. */
export function packedCodec<T>(): Codec<T, string> {
  const strings = new StringTable();
  const shapes = new ShapeTable();
  const packer = new Packer(strings, shapes);
  const unpacker = new Unpacker(strings, shapes);
  return { pack: (object) => packer.pack(object), unpack: (packed) => unpacker.unpack(packed) as T };
}

/** A store for very many objects: a fifth of the memory, for some microseconds whenever one is read or written. */
export const packedStore = <T>(): Store<T> => new CodecStore(packedCodec<T>());
