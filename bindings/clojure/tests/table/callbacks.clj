(ns table.callbacks
  "Cells about functions of Clojure's that C calls: callback, callback-thread."
  (:require [nlib.core :as n]
            [table.check :as check :refer [fails holds same]]))

(def kit (check/kit))
(n/import-library! kit :as 'kit)

(def ^:private points [{:x 1 :y 2} {:x 3 :y 4} {:x 5 :y 6}])

(def ^:private others
  (n/load-native-library
   :name "others.c"
   :code "#include <pthread.h>
          #include <stdlib.h>
          typedef int (*operation)(int, int);
          static int add(int a, int b) { return a + b; }
          operation adder(void) { return add; }
          int minus(int a, int b) { return a - b; }
          long negated(long a) { return -a; }
          int less(const int *a, const int *b) { return *a - *b; }
          int run(operation f, int a, int b) { return f(a, b); }
          void sort(int *values, size_t n, int (*order)(const void *, const void *))
          { qsort(values, n, sizeof *values, order); }
          int filled(int (*fill)(char *buffer, int size, const char *name))
          { char buffer[4] = {'x', 'x', 'x', 'x'}; int n = fill(buffer, 4, \"name\"); return n * 1000 + buffer[0] + buffer[3]; }
          typedef struct { void (*f)(int); int n; } job;
          static void *work(void *data) { job *j = data; for (int i = 0; i < j->n; i++) j->f(i); return NULL; }
          void on_thread(void (*f)(int), int n)
          { job j = {f, n}; pthread_t t; pthread_create(&t, NULL, work, &j); pthread_join(t, NULL); }
          int one(void) { return 1; }
          "))
(n/import-library! others :as 'others)

(defn- boom [& _] (throw (ex-info "boom" {:planned true})))

(defn- planned
  "What the form throws, which the callback threw."
  [call]
  (try (call) nil
       (catch clojure.lang.ExceptionInfo e (when (:planned (ex-data e)) e))))

(def heard (atom []))
(defn listen [_ value] (swap! heard conj value))

(defn callbacks []
  (let [seen (atom [])
        visit (fn [index point data] (swap! seen conj [index (:x point) @point data]) 0)]
    (same 0 (kit/kit_each points 3 visit nil))
    (same [[0 1.0 {:x 1.0 :y 2.0} nil] [1 3.0 {:x 3.0 :y 4.0} nil] [2 5.0 {:x 5.0 :y 6.0} nil]] @seen)
    (same 42 (kit/kit_each points 3 (fn [index _ _] (if (= 1 index) 42 0)) nil))
    ;; What is handed through comes back.
    (let [data (n/make kit "kit_point" {:x 9})]
      (kit/kit_each points 1 (fn [_ _ given] (same 9.0 (:x (n/cast-pointer kit given "kit_point"))) 0) data)))
  ;; Kept by the library: collections do not take it.
  (kit/kit_listen #'listen nil)
  (System/gc)
  (kit/kit_emit 3)
  (kit/kit_emit -4)
  (same [3 -4] @heard)
  ;; A var is called as it is now.
  (with-redefs [listen (fn [_ value] (swap! heard conj (* 10 value)))]
    (kit/kit_emit 5))
  (same [3 -4 50] @heard)
  (let [kept (n/callback kit "kit_listener" (fn [_ value] (swap! heard conj [:kept value])))]
    (kit/kit_listen kept nil)
    (kit/kit_emit 1)
    (same [:kept 1] (last @heard)))
  ;; C's own functions fit too, as a pointer.
  (let [add (kit :kit_add)]
    (same 3 (add 1 2)))
  (same [3 -1] [(others/run (others/adder) 1 2) (others/run others/minus 1 2)])
  (fails :type ["run, argument 1, f" "it is long (*)(long)"] (others/run others/negated 1 2))
  (fails :type ["run, argument 1, f"] (others/run (n/callback [:int] :int identity) 1 2))
  (let [values (int-array [3 1 2])]
    (others/sort values 3 others/less)
    (same [1 2 3] (vec values)))
  ;; What C wants filled is a pointer, what it only shows is text.
  (same 2201 (others/filled (fn [buffer size name]
                              (same [4 "name"] [size name])
                              (n/put! buffer 0 \P 3 \y)
                              2)))
  ;; What fails is thrown by the call, once, and the library is as before.
  (holds (planned #(kit/kit_each points 3 boom nil)))
  (same 0 (kit/kit_each points 3 (constantly 0) nil))
  (kit/kit_listen boom nil)
  (holds (planned #(kit/kit_emit 1)))
  (holds (planned #(kit/kit_emit 1)))
  (kit/kit_listen nil nil)
  (same nil (kit/kit_emit 1))
  ;; A callback that calls back into the library, whose callback fails: it may catch that.
  (same 7 (kit/kit_each points 3
                        (fn [_ _ _] (if (planned #(kit/kit_each points 1 boom nil)) 7 0))
                        nil))
  ;; Of several failures the first is thrown; the others are with it.
  (let [thrown (planned #(kit/kit_each points 3 boom nil))]
    (same 2 (count (.getSuppressed ^Throwable thrown))))
  (same 5 (try (kit/kit_each points 3 (n/callback kit "kit_visitor" boom :on-error 5) nil)
               (catch clojure.lang.ExceptionInfo e (if (:planned (ex-data e)) 5 0))))
  (fails :type ["the result of a callback" "nil is no int"] (kit/kit_each points 3 (fn [_ _ _] nil) nil))
  (fails :type ["argument 3, visit"] (kit/kit_each points 3 {:visit 1} nil))
  (fails :type ["points to something else"]
         (kit/kit_each points 3 (n/make kit "kit_point") nil)))

(defn on-thread []
  (let [heard (promise)]
    (kit/kit_on_thread (fn [data value] (deliver heard [data value (.getId (Thread/currentThread))])) nil 12)
    (let [[data value thread] @heard]
      (same [nil 12] [data value])
      (holds (not= thread (.getId (Thread/currentThread))))))
  ;; There is no call of ours on that thread: the library's running call throws it.
  (let [error (fails :callback ["boom"] (kit/kit_on_thread boom nil 1))]
    (same {:planned true} (ex-data (ex-cause error))))
  ;; Of several the first is thrown, once.
  (let [error (fails :callback ["boom" "the first of 3 failures"] (others/on_thread boom 3))]
    (same 2 (:nlib/further (ex-data error)))
    (same {:planned true} (ex-data (ex-cause error))))
  (same 1 (others/one))
  (same nil (kit/kit_on_thread (fn [_ _]) nil 1))
  (same 3 (kit/kit_add 1 2)))

(defn threads
  "Eight threads that call and are called at once, and load too."
  []
  (let [work (fn [number]
               (future
                 (let [sum (atom 0)]
                   (dotimes [index 500]
                     (kit/kit_each points 3 (fn [_ point _] (swap! sum + (:x point)) 0) nil)
                     (same (+ index number) (kit/kit_add index number)))
                   (same number (n/call (n/load-native-library :code "int number(void) { return NUMBER; }"
                                                               :defines {:NUMBER number})
                                        "number"))
                   @sum)))
        results (mapv deref (mapv work (range 8)))]
    (same (vec (repeat 8 4500.0)) results)))
