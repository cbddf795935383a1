// about: five unrelated libraries with the same names in them are loaded and unloaded in mixed order
// library a: a.c
// library b: b.c
// library c: c.c
// library d: d.c
// library e: e.c
// step: load a
// step: load b
// step: load c
// step: load d
// step: load e
// step: unload b
// step: unload d
// step: load d
// step: call a id
// step: call c id
// step: call d id
// step: call e id
// step: unload a
// step: unload e
// step: unload c
// step: call d id
//--- id.h
static int calls;
static int base = ID;
int id(void) { return base * 10 + ++calls; }
//--- a.c
#define ID 1
#include "id.h"
//--- b.c
#define ID 2
#include "id.h"
//--- c.c
#define ID 3
#include "id.h"
//--- d.c
#define ID 4
#include "id.h"
//--- e.c
#define ID 5
#include "id.h"
