#include "library_graph.h"

#include <map>

using namespace llvm;
using namespace llvm::jitlink;
using namespace llvm::orc;

namespace nlib {
namespace {

// Below this many blocks the merge costs more than it saves.
constexpr size_t FewBlocks = 64;
// Edge offsets are 32 bits wide; stay well below.
constexpr uint64_t LargestBlock = uint64_t(1) << 31;

// Sections nothing finds by name, and whose blocks need not stay apart.
bool mayMerge(const Section &S) {
  if (S.getMemLifetime() != MemLifetime::Standard)
    return false;
  for (StringRef Name : {".text", ".rodata", ".data", ".bss", ".gcc_except_table"})
    if (S.getName() == Name ||
        (S.getName().starts_with(Name) && S.getName()[Name.size()] == '.'))
      return true;
  return false;
}

struct Group {
  std::vector<Block *> Blocks;
  std::vector<uint64_t> Offsets;
  uint64_t Size = 0;
  uint64_t Alignment = 1;

  void layOut() {
    for (auto *B : Blocks) {
      Size = alignToBlock(Size, *B);
      Offsets.push_back(Size);
      Size += B->getSize();
      Alignment = std::max(Alignment, B->getAlignment());
    }
  }
};

Block &createMerged(LinkGraph &G, const Group &Gr) {
  auto &Home = Gr.Blocks[0]->getSection();
  if (Gr.Blocks[0]->isZeroFill())
    return G.createZeroFillBlock(Home, Gr.Size, ExecutorAddr(), Gr.Alignment, 0);
  auto &Merged =
      G.createMutableContentBlock(Home, Gr.Size, ExecutorAddr(), Gr.Alignment, 0);
  auto Content = Merged.getAlreadyMutableContent();
  for (size_t I = 0; I != Gr.Blocks.size(); ++I)
    llvm::copy(Gr.Blocks[I]->getContent(), Content.begin() + Gr.Offsets[I]);
  return Merged;
}

} // namespace

void mergeBlocks(LibraryGraph &Library, LinkGraph &G) {
  std::map<std::pair<unsigned, bool>, Group> Groups;
  DenseMap<Block *, std::vector<Symbol *>> SymbolsOf;
  size_t Count = 0;
  for (auto &S : G.sections()) {
    if (!mayMerge(S))
      continue;
    for (auto *B : S.blocks())
      Groups[{unsigned(S.getMemProt()), B->isZeroFill()}].Blocks.push_back(B);
    for (auto *Sym : S.symbols())
      SymbolsOf[&Sym->getBlock()].push_back(Sym);
    Count += S.blocks_size();
  }
  if (Count < FewBlocks)
    return;

  DenseMap<Block *, std::pair<Block *, uint64_t>> Moved;
  for (auto &Entry : Groups) {
    Group &Gr = Entry.second;
    llvm::sort(Gr.Blocks, [&](Block *A, Block *B) {
      return Library.Order.lookup(A) < Library.Order.lookup(B);
    });
    Gr.layOut();
    if (Gr.Blocks.size() < 2 || Gr.Size > LargestBlock)
      continue;
    Block &Merged = createMerged(G, Gr);
    for (size_t I = 0; I != Gr.Blocks.size(); ++I) {
      Block &Old = *Gr.Blocks[I];
      uint64_t Offset = Gr.Offsets[I];
      for (Edge E : Old.edges()) {
        if (E.isRelocation())
          E.setOffset(E.getOffset() + Offset);
        Merged.addEdge(E);
      }
      for (auto *Sym : SymbolsOf[&Old])
        G.transferDefinedSymbol(*Sym, Merged, Sym->getOffset() + Offset, Sym->getSize());
      Moved[&Old] = {&Merged, Offset};
    }
    for (auto *Old : Gr.Blocks)
      G.removeBlock(*Old);
  }
  auto Follow = [&](Placement &P) {
    auto To = Moved.find(P.Block);
    if (To == Moved.end())
      return;
    P.Block = To->second.first;
    P.Offset += To->second.second;
  };
  for (auto &Function : Library.Functions)
    Follow(Function.Place);
  for (auto &Object : Library.DebugObjects)
    for (auto &Entry : Object.Sections)
      Follow(Entry.second);
}

} // namespace nlib
