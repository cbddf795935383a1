-- C++: overloads, references, classes, exceptions.

local check = require "check"
local ffi = require "ffi"
local nlib = require "nlib"

local cells, own = {}, {}

function cells.cpp(with)
    local lib = assert(nlib.load { source = with.fixtures .. "kitpp.cpp" })
    local kit = lib.kit
    check.equal(kit.add(1, 2), 3, "an overload")
    check.equal(kit.add(1.25, 2), 3.25, "the other overload")
    check.equal(kit["add(double, double)"](1, 2), 3, "an overload by its types")
    check.raises(function() kit.add({}, 1) end, "no 'kit::add' takes (table, number)", "double kit::add(double a, double b)")
    check.raises(function() kit.add(1) end, "no 'kit::add' takes 1 argument")

    check.equal(kit.area(), 6, "defaults")
    check.equal(kit.area { 4, 5 }, 20)
    check.equal(kit.area({ width = 4, height = 5 }, 2), 40)
    local size = kit.Size(1, 2)
    kit.grow(size, 10)
    check.equal(size.width, 11, "a reference")
    check.equal(size.height, 12)
    check.equal(kit.Size().width, 0, "a constructor without arguments")
    check.raises(function() kit.grow(nil, 1) end, "a reference is never NULL")
    check.raises(function() kit.grow({ 1, 2 }, 1) end, "bad argument #1 to 'kit::grow'")
    local scaled = kit.scaled(size, 2)
    check.equal(scaled.height, 24, "a class by value")
    check.equal(size.height, 12, "which is a copy")

    check.equal(kit.greet "Jürgen", "hello Jürgen", "std::string")
    check.equal(kit.greet("you", 2), "hello you, hello you")
    check.equal(kit.count "Käse", 5ULL, "std::string_view")
    check.raises(function() kit.greet "a\0b" end, "bad argument #1 to 'kit::greet'", "NUL")
    check.raises(function() kit.greet(nil) end, "bad argument #1 to 'kit::greet'")

    check.equal(kit.checked(3), 3)
    local err = check.raises(function() kit.checked(-2) end, "classes.lua:", "kit::checked threw: ", "value -2 is below zero")
    check.equal(err.kind, "exception")
    check.equal(kit.checked(4), 4, "after an exception")

    check.equal(kit.Shape.Round, 1, "an enumeration")
    check.equal(kit.other "Round", kit.Shape.Square)
    check.equal(kit.other(kit.Shape.Square), kit.Shape.Round)

    check.equal(kit.Tally.alive(), 0, "a static method")
    local tally = kit.Tally(5)
    check.equal(kit.Tally.alive(), 1, "a constructor")
    check.equal(tally:next(), 6, "a method")
    check.equal(tally:total(), 6, "an inline method")
    check.equal(tally:label(), "tally 6", "a method that gives a std::string")
    nlib.delete(tally)
    check.equal(kit.Tally.alive(), 0, "the destructor")
    check.raises(function() tally:next() end, "the object was deleted")
    check.raises(function() nlib.delete(tally) end, "nlib.delete takes an object")
    do
        local other = kit.Tally()
        check.equal(other:next(), 1, "a default")
    end
    collectgarbage()
    collectgarbage()
    check.equal(kit.Tally.alive(), 0, "the collector runs the destructor")
    check.raises(function() kit.Tally(1):nxt() end, "kit::Tally has no field or method 'nxt'", "next")
    check.raises(function() kit.Tally(1):next(2) end, "kit::Tally::next", "(1 given, 0 needed)")
    check.raises(function() kit.Tally "x" end, "kit::Tally::Tally")
    check.raises(function() return kit.Tall end, "`kit::Tally`")
    check.raises(function() kit() end, "kit is a namespace")
    check.raises(function() lib.new "kit::Tally" end, "made by its constructor")
end

-- Base classes, virtual methods, references to numbers, static members, what is ambiguous.
function own.derived()
    check.write("shapes.hpp", [[
        #pragma once
        #include <stdexcept>
        namespace geo {
        struct Named { int tag = 0; virtual ~Named() {} int get_tag() const { return tag; } };
        struct Area { double scale = 1; virtual double area() const = 0; virtual ~Area() {} };
        class Square : public Named, public Area {
        public:
            explicit Square(double s) : side(s) { made++; }
            ~Square() override { made--; }
            double area() const override { return side * side * scale; }
            Square twice() const { return Square(side * 2); }
            double side;
            static int made;
        };
        double measure(const Area &shape);
        int tag_of(const Named *named);
        void raise(int &value, const int &by);
        int pick(int, double);
        int pick(double, int);
        int pick(const char *);
        void fail(int how);
        extern int counter;
        }
    ]])
    check.write("shapes.cpp", [[
        #include "shapes.hpp"
        namespace geo {
        int Square::made = 0;
        int counter = 3;
        double measure(const Area &shape) { return shape.area(); }
        int tag_of(const Named *named) { return named ? named->get_tag() : -1; }
        void raise(int &value, const int &by) { value += by; }
        int pick(int, double) { return 1; }
        int pick(double, int) { return 2; }
        int pick(const char *) { return 3; }
        void fail(int how) { if (how == 1) throw std::runtime_error("one"); if (how == 2) throw 2; }
        }
    ]])
    local lib = assert(nlib.load { source = "shapes.cpp" })
    local geo = lib.geo
    local square = geo.Square(3)
    check.equal(square.side, 3, "a field of the class")
    square.tag, square.scale = 8, 2
    check.equal(square:area(), 18, "a virtual method, and a field of the second base")
    check.equal(square:get_tag(), 8, "a method of a base")
    check.equal(geo.measure(square), 18, "as its second base, by reference")
    check.equal(geo.tag_of(square), 8, "as its first base, by pointer")
    check.equal(geo.tag_of(nil), -1)
    check.equal(square:twice():area(), 36, "a class with a destructor, by value")
    square = nil
    collectgarbage()
    collectgarbage()
    check.equal(geo.Square.made, 0, "a static member; all objects are gone")
    check.raises(function() geo.Area() end, "geo::Area")

    local value = lib.new("int[1]", 5)
    geo.raise(value, 3)
    check.equal(value[0], 8, "references to numbers")
    check.raises(function() geo.raise(5, 3) end, "bad argument #1 to 'geo::raise'")

    check.equal(geo.pick(1, 2.5), 1)
    check.equal(geo.pick(1.5, 2), 2)
    check.equal(geo.pick "x", 3)
    check.raises(function() geo.pick(1, 2) end, "'geo::pick' is ambiguous for (number, number)", "int geo::pick(int, double)",
        "int geo::pick(double, int)")
    check.equal(geo["pick(double, int)"](1, 2), 2)
    check.raises(function() geo.fail(1) end, "one")
    check.raises(function() geo.fail(2) end, "geo::fail threw")
    geo.fail(0)
    geo.counter = geo.counter + 1
    check.equal(geo.counter, 4, "a variable in a namespace")
end

-- What is no object of the class, or is one no more, does not come to C.
function own.objects()
    check.write("held.hpp", [[
        #pragma once
        #include <string>
        struct Side { int o = 9; int get_o() { return o; } static int twice(int a) { return 2 * a; } };
        struct Base { virtual ~Base() {} std::string text = "a text that is long enough to be on the heap"; int v = 7; int get_v() { return v; } };
        struct Derived : Side, Base { int d = 8; int get_d() { return d; } };
        struct Hides : Base { int v = 5; };
        struct Other { int x = 1; };
        struct Holder { int q = 3; Base base; int sum() { return q + base.v; } };
        struct pair { int a, b; };
        int length(const Base &base);
        int length_at(const Base *base);
        pair same(pair p);
        pair *nowhere();
    ]])
    check.write("held.cpp", [[
        #include "held.hpp"
        int length(const Base &base) { return base.text.size(); }
        int length_at(const Base *base) { return base ? base->text.size() : -1; }
        pair same(pair p) { return p; }
        pair *nowhere() { return nullptr; }
    ]])
    local lib = assert(nlib.load { source = "held.cpp" })
    check.raises(function() lib.same(lib.nowhere()) end, "bad argument #1 to 'same'", "NULL")
    for _, name in ipairs { "Base", "Derived" } do
        local null = lib.cast(name .. " *", nil)
        check.raises(function() null:get_v() end, "bad self", "it is NULL")
        check.raises(function() lib.length(null) end, "bad argument #1 to 'length'", "it is NULL")
        check.equal(lib.length_at(null), -1, "NULL is taken where a pointer is")
    end

    local derived = lib.Derived()
    check.equal(derived.o + derived.v + derived.d, 24, "the fields of a base that lies behind another")
    derived.v = 70
    check.equal(derived:get_v(), 70)
    check.equal(derived:get_o(), 9, "a method of the second base")
    check.equal(derived.twice(4), 8, "a static method of a base")
    check.equal(lib.Hides().v, 5, "a field that hides one of a base")
    for _, wrong in ipairs { 5, "xxxxxxxxxxxxxxxxxxxxxxx", {}, lib.Other(), lib.new "int[4]" } do
        check.raises(function() derived.get_v(wrong) end, "'Base::get_v' on bad self", "int Base::get_v()")
    end
    check.raises(function() derived.get_v(nil) end, "bad self")

    -- The FFI would copy the bytes of an object that is assigned.
    local holder = lib.Holder()
    check.raises(function() holder.base = lib.Base() end, "classes.lua:", "Holder.base is an object whose class copies it itself")
    check.raises(function() holder.nothing = 1 end, "Holder has no field or method 'nothing'")
    check.raises(function() return holder.nothing end, "classes.lua:", "Holder has no field or method 'nothing'")
    holder.base.v, holder.q = 6, 4
    check.equal(holder.base:get_v() + holder.q + holder:sum(), 20, "an object in another")
    check.equal(lib.cast("Holder *", holder).base.v, 6)
    check.equal(lib.length(holder.base), 44)

    local pointer = lib.cast("Derived *", derived)
    local side = lib.cast("Side *", lib.cast("char *", derived) + ffi.offsetof(lib.types.Derived, "o"))
    check.equal(side:get_o(), 9)
    check.equal(lib.length(derived), 44)
    nlib.delete(derived)
    local another = lib.Derived()
    for _, ended in ipairs { derived, pointer } do
        check.raises(function() ended:get_d() end, "the object was deleted")
        check.raises(function() ended:get_v() end, "'Base::get_v' on bad self", "the object was deleted")
        check.raises(function() lib.length(ended) end, "bad argument #1 to 'length'", "the object was deleted")
        check.raises(function() lib.length_at(ended) end, "the object was deleted")
    end
    check.raises(function() side:get_o() end, "the object was deleted")
    check.equal(another:get_v() + lib.length(another), 51, "another object")
    local sum = 0
    for _ = 1, 1000 do
        sum = sum + another:get_v() -- compiled by now
    end
    check.equal(sum, 7000)
end

return { cells = cells, own = own }
