(ns bench.main
  "Times of loads and calls, beside JNA's interface mapping; see bench.sh. Prints the way, then a line for
  each figure: microseconds for loads, nanoseconds for calls."
  (:require [clojure.java.io :as io]
            [nlib.core :as n])
  (:import (bench Kit Kit$Point)
           (com.sun.jna Native NativeLibrary)))

(defn- median [values] (nth (sort values) (quot (count values) 2)))

(defn- nanoseconds [work]
  (let [start (System/nanoTime)]
    (work)
    (- (System/nanoTime) start)))

(defn- load-time
  "The median of loads, in microseconds. `load` gives what unloads again, which is not counted."
  [load]
  (let [once (fn []
               (let [unload (volatile! nil)
                     time (nanoseconds #(vreset! unload (load)))]
                 (@unload)
                 time))]
    (dotimes [_ 30] (once))
    (quot (median (repeatedly 50 once)) 1000)))

(defn- call-time
  "The median of the time of a call, in nanoseconds: of 20 rounds of 20 000 calls, after as many to warm up."
  [call]
  (let [round #(dotimes [_ 20000] (call))]
    (dotimes [_ 20] (round))
    (quot (median (repeatedly 20 #(nanoseconds round))) 20000)))

(defn- kit-path [] (str (io/file (System/getenv "NLIB_FIXTURES") "kit.c")))

(defn- load-kit []
  (let [kit (n/load-native-library :source (kit-path))]
    (assert (= 3 ((kit :kit_add) 1 2)))
    #(n/unload! kit)))

(defn- load-usual [path]
  (let [^Kit kit (Native/load ^String path Kit)]
    (assert (= 3 (.kit_add kit 1 2)))
    #(.close (NativeLibrary/getInstance path))))

(defn -main [path]
  (println "way nlib")
  (println "load" (load-time load-kit))
  (let [kit (n/load-native-library :source (kit-path))
        add (kit :kit_add)
        mid (kit :kit_mid)
        a {:x 1.0 :y 2.0}, b {:x 3.0 :y 4.0}]
    (println "call" (call-time #(add 1 2)))
    (println "call-struct" (call-time #(mid a b))))
  (println "way JNA")
  (println "load" (load-time #(load-usual path)))
  (let [^Kit kit (Native/load ^String path Kit)
        a (Kit$Point. 1 2), b (Kit$Point. 3 4)]
    (println "call" (call-time #(.kit_add kit 1 2)))
    (println "call-struct" (call-time #(.kit_mid kit a b))))
  (shutdown-agents)
  (System/exit 0))
