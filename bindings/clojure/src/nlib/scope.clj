(ns nlib.scope
  "Scopes: what is made inside one is closed at its end, the last first."
  (:import (java.io Closeable)
           (java.util ArrayDeque)))

(set! *warn-on-reflection* true)

(def ^:dynamic ^ArrayDeque *open*
  "What was made in the innermost scope; nil outside of scopes."
  nil)

(defn register
  "Gives `thing`, to be closed with the scope that this is in, if any."
  [thing]
  (when *open* (.push *open* thing))
  thing)

(defn close-all
  "Closes what is open; the first failure is thrown after all were tried."
  [^ArrayDeque open]
  (loop [failure nil]
    (if-let [^Closeable next (.poll open)]
      (recur (try (.close next) failure
                  (catch Throwable thrown (or failure thrown))))
      (when failure (throw ^Throwable failure)))))

(defn call-in-scope
  "Calls `body` in a scope of its own."
  [body]
  (let [open (ArrayDeque.)]
    (try
      (binding [*open* open] (body))
      (finally (close-all open)))))
