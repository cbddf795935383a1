// The objects of one library as one LinkGraph.
//
// JITLink links each object by itself and leaves the rest to ORC. A library's objects are joined
// into one graph first, as a linker does, because then
//   - hidden symbols resolve within 2 GiB however the memory manager places objects,
//   - __start_/__stop_ sets and .init_array order span all objects,
//   - libgcc gets one .eh_frame per library (its registry is slow with many),
//   - ORC tracks one unit instead of a dependence graph over every object and section.
#pragma once

#include "llvm/ADT/DenseMap.h"
#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <vector>

namespace nlib {

// Where an ELF section or a symbol of an object lies in the graph.
struct Placement {
  llvm::jitlink::Block *Block;
  uint64_t Offset;
  uint64_t Address; // final; 0 until the link, or when the block was stripped
};

// A function, as its object names it. JITLink drops symbols that no relocation refers to, which
// is most static functions, although it keeps their code.
struct FunctionPlace {
  llvm::orc::SymbolStringPtr Name;
  Placement Place;
  uint64_t Size;
  size_t Object; // the index of its object in the library; SIZE_MAX when unknown
};

// A copy of an object that has debug information, for the debugger.
struct DebugObject {
  std::vector<char> Bytes;
  llvm::DenseMap<unsigned, Placement> Sections; // by ELF section index
  uint64_t FallbackAddress = 0;                 // for sections without a placement
};

// The order of blocks as a linker would lay them out: by object, then by place in the file.
using BlockOrder = llvm::DenseMap<llvm::jitlink::Block *, uint64_t>;

struct LibraryGraph {
  std::unique_ptr<llvm::jitlink::LinkGraph> Graph;
  std::unique_ptr<llvm::MemoryBuffer> BaseBuffer; // what the graph points into
  std::vector<DebugObject> DebugObjects;
  std::vector<FunctionPlace> Functions;
  BlockOrder Order;
};

// The index of the object that a block came from; SIZE_MAX when it is not in `Order`.
size_t objectOf(const LibraryGraph &Library, llvm::jitlink::Block &B);

llvm::Expected<LibraryGraph>
buildLibraryGraph(std::vector<std::unique_ptr<llvm::MemoryBuffer>> Objects,
                  const std::shared_ptr<llvm::orc::SymbolStringPool> &Symbols);

// Sections of function pointers that run at load and unload.
bool isInitialiserSection(llvm::StringRef Name);
bool isFinaliserSection(llvm::StringRef Name);

// Joins blocks of equal protection, so that ORC's bookkeeping (super-linear in the number of
// blocks, llvm-project PR 183272) stays small. A PostPrune pass; does nothing when there are few.
void mergeBlocks(LibraryGraph &Library, llvm::jitlink::LinkGraph &Graph);

} // namespace nlib
