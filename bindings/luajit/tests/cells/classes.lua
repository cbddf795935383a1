-- C++: overloads, references, classes, exceptions.

local check = require "check"
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

return { cells = cells, own = own }
