// about: after an edit of a header the library and its dependency are compiled anew with the new layout
// library maker: maker.cpp
// library reader: reader.cpp with maker
// step: load reader
// step: call reader read_record
// step: unload reader
// step: unload maker
// step: edit record.h int first; => long padding[4] = {9, 9, 9, 9}; int more = 40; int first;
// step: edit record.h 1000 => 2000
// step: load reader
// step: call reader read_record
//--- record.h
struct Record {
    int first;
    int second;
    static constexpr int factor = 1000;
    virtual ~Record() {}
    virtual int sum() const { return (first + second) * factor + static_cast<int>(sizeof(Record)); }
};
Record *make_record();
//--- maker.cpp
#include "record.h"
Record *make_record() {
    Record *record = new Record;
    record->first = 3;
    record->second = 4;
    return record;
}
//--- reader.cpp
#include "record.h"
extern "C" int read_record() {
    Record *record = make_record();
    int value = record->sum() + record->second;
    delete record;
    return value;
}
