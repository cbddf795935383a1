package bench;

import com.sun.jna.Library;
import com.sun.jna.Structure;

/** kit.h as programs over JNA declare it: the usual way that nlib is measured beside. */
public interface Kit extends Library {
    @Structure.FieldOrder({"x", "y"})
    class Point extends Structure implements Structure.ByValue {
        public double x;
        public double y;

        public Point() {}

        public Point(double x, double y) {
            this.x = x;
            this.y = y;
        }
    }

    int kit_add(int a, int b);

    Point kit_mid(Point a, Point b);
}
