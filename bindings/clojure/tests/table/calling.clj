(ns table.calling
  "Cells about calls: call, struct, missing-symbol, wrong-arguments."
  (:require [clojure.repl :as repl]
            [clojure.string :as string]
            [nlib.core :as n]
            [table.check :as check :refer [fails holds same]])
  (:import (java.nio ByteBuffer ByteOrder)))

(def kit (check/kit))
(n/import-library! kit :as 'kit)

(defn- numbers []
  (same 5 (n/call kit "kit_add" 2 3))
  (same 5 (kit/kit_add 2 3))
  (same -1 (kit/kit_add 2147483647 -2147483648))
  (same 18446744073709551615N (kit/kit_max))
  (same 1.5 (kit/kit_half 3))
  (same 0.375 (kit/kit_half 3/4))
  (same 0.25 (kit/kit_halff 0.5))
  (same Float (class (kit/kit_halff 0.5)))
  (same false (kit/kit_not true))
  (same true (kit/kit_not false))
  (same 49 (kit/kit_square 7)))

(defn- texts []
  (same "grüß dich" (kit/kit_greeting))
  (let [greeting ((n/function kit "kit_greeting" {:text :pointer}))]
    (same "grüß dich" (n/text greeting))
    (same "grü" (n/text greeting 4))
    (same 11 (kit/kit_length greeting)))
  (same 7 (kit/kit_length "größe"))
  (same 4 (kit/kit_length "😀"))
  (same 0 (kit/kit_length ""))
  (same 0 (kit/kit_length nil))
  (same 3 (kit/kit_length (n/c-string "abc")))
  (fails :type ["NUL"] (kit/kit_length "a\u0000b")))

(defn- enums-and-values []
  (same :KIT_GREEN (kit/kit_next_color :KIT_RED))
  (same :KIT_BLUE (kit/kit_next_color 2))
  (same :KIT_BLUE (kit/kit_next_color (kit :KIT_GREEN)))
  (same [1 2 40] [kit/KIT_RED kit/KIT_GREEN kit/KIT_BLUE])
  (same 3 kit/KIT_VERSION)
  (same 18446744073709551615N kit/KIT_BIG)
  (same 0.25 kit/KIT_RATIO)
  (same "kit" kit/KIT_NAME)
  (same 16 kit/KIT_FLAG_A)
  (same {:x 1.0 :y 2.0} kit/KIT_ORIGIN)
  (same 4 (kit/kit_add :KIT_VERSION :KIT_RED))
  (same 19 (kit/kit_add #{:KIT_FLAG_A :KIT_RED} 2))
  (let [before @kit/kit_calls]
    (kit/kit_add 1 1)
    (same (inc before) @kit/kit_calls)
    (same 7 (reset! kit/kit_calls 7))
    (kit/kit_add 1 1)
    (same 8 @kit/kit_calls)
    (same 16 (swap! kit/kit_calls * 2))
    (same 16 @(:kit_calls kit))))

(defn- variadic []
  (let [out (byte-array 40)
        length (kit/kit_format out 40 "%d|%s|%.2f|%c|%ld" 42 "ä" 1.5 \x -5000000000)]
    (same "42|ä|1.50|x|-5000000000" (String. out 0 (int length) "UTF-8"))
    (same 2 (kit/kit_format out 40 "ok"))
    (fails :type ["kit_format, argument 4"] (kit/kit_format out 40 "%d" {}))))

(defn- buffers []
  (same 6.5 (kit/kit_sum (double-array [1 2 3.5]) 3))
  (same 6.0 (kit/kit_sum [1 2 3] 3))
  (let [floats (float-array [1 2 3])]
    (kit/kit_double_all floats 3)
    (same [2.0 4.0 6.0] (vec floats)))
  ;; A direct buffer is not copied: C writes into it.
  (let [buffer (.order (ByteBuffer/allocateDirect 12) (ByteOrder/nativeOrder))
        floats (.asFloatBuffer buffer)]
    (.put floats 0 (float 1.5))
    (.put floats 2 (float 2.5))
    (kit/kit_double_all buffer 3)
    (same [3.0 0.0 5.0] (mapv #(.get floats (int %)) (range 3)))
    (.position floats 2)
    (kit/kit_double_all floats 1)
    (same 10.0 (.get floats 2)))
  (let [floats (n/array kit "float" [1 2 3])
        seen (n/byte-buffer floats 12)]
    (kit/kit_double_all floats 3)
    (same [2.0 4.0 6.0] (vec floats))
    (same 4.0 (nth floats 1))
    (same 6.0 (.getFloat seen 8))
    (same 3 (count floats)))
  (fails :type ["kit_double_all, argument 1" "double array"] (kit/kit_double_all (double-array 1) 1))
  (fails :type ["direct"] (kit/kit_double_all (ByteBuffer/allocate 4) 1))
  (let [quotient (atom nil), remainder (volatile! 0)]
    (same true (kit/kit_divide 17 5 quotient remainder))
    (same [3 2] [@quotient @remainder]))
  (let [quotient (int-array 1), remainder (n/array kit :int 1)]
    (same true (kit/kit_divide 17 5 quotient remainder))
    (same [3 2] [(aget quotient 0) @remainder])
    (same false (kit/kit_divide 1 0 quotient remainder))))

(defn- opaque []
  (let [counter (kit/kit_counter_new 5)]
    (same [5 6] [(kit/kit_counter_next counter) (kit/kit_counter_next counter)])
    (holds (string/starts-with? (pr-str counter) "#nlib/pointer [kit_counter * 0x"))
    (kit/kit_counter_free counter)
    (kit/kit_counter_free n/null)))

(defn calls []
  (numbers)
  (texts)
  (enums-and-values)
  (variadic)
  (buffers)
  (opaque))

;; ---- Structures -------------------------------------------------------------------------------------

(def ^:private filled
  {:tag 7 :low 5 :high 4097 :samples [1 -2 3 -4] :corner {:x 0.5 :y 1.5} :number 42
   :style {:color :KIT_BLUE :label "edge"}})

(defn structures []
  ;; By value: maps both ways.
  (same {:x 2.0 :y 3.0} (kit/kit_mid {:x 1 :y 2} {:x 3 :y 4}))
  (same {:x 2.0 :y 3.0} (kit/kit_mid [1 2] [3 4]))
  (let [point (n/make kit "kit_point" {:x 1 :y 2})]
    (same {:x 1.5 :y 1.0} (kit/kit_mid point {:x 2}))
    ;; In memory: C changes it.
    (kit/kit_move point 10 20)
    (same [11.0 22.0] [(:x point) (point :y)])
    (same {:x 11.0 :y 22.0} @point)
    (n/put! point :x 1 :y 2)
    (same {:x 1.0 :y 2.0} @point)
    (swap! point update :x inc)
    (reset! point {:y 5})
    (same {:x 2.0 :y 5.0} @point)
    (same :none (:z point :none))
    (fails :type ["kit_point has no field :z" ":x, :y"] (:z point))
    (fails :type ["kit_point, field :x" "is no double"] (n/put! point :x "far"))
    (holds (string/ends-with? (pr-str point) "{:x 2.0, :y 5.0}]")))
  (let [point (atom {:x 1 :y 1})]
    (kit/kit_move point 2 3)
    (same {:x 3.0 :y 4.0} @point))
  (same 0.0 (:x (kit/kit_point)))
  ;; Bit-fields, an array, an unnamed union, nested structures.
  (let [packet (n/make kit "kit_packet")]
    (kit/kit_fill packet)
    (same filled (dissoc @packet :real))
    (same 4191.0 (kit/kit_packet_sum packet))
    (same 4191.0 (kit/kit_packet_sum @packet))
    (same 4191.0 (kit/kit_packet_sum filled))
    (same [7 5 4097 [1 -2 3 -4] 42] ((juxt :tag :low :high :samples :number) packet))
    (same 1.5 (:y (:corner packet)))
    (n/put! (:corner packet) :y 2.5)
    (same 2.5 (:y (:corner packet)))
    (n/put! (:style packet) :label "größer" :color :KIT_RED)
    (same {:color :KIT_RED :label "größer"} @(:style packet))
    (n/put! packet :low 7 :high 8191 :samples [4 3])
    (same [7 8191 [4 3 3 -4] 7] ((juxt :low :high :samples :tag) packet))
    (n/put! packet :real 1.5)
    (same [1.5 1069547520] ((juxt :real :number) packet))
    (fails :type ["kit_packet, field :low" "3 bits"] (n/put! packet :low 8))
    (fails :type ["field :samples" "it holds 4"] (n/put! packet :samples (range 5)))
    (fails :type [":number, :real" "do not agree"] (reset! packet (assoc @packet :number 3)))
    (fails :type ["kit_packet_sum, argument 1" "no field :hgh"] (kit/kit_packet_sum {:hgh 1})))
  (let [points (n/array kit "kit_point" [{:x 1} {:x 2 :y 3}])]
    (same {:x 2.0 :y 3.0} (nth points 1))
    (kit/kit_move (n/element-at (n/cast-pointer kit points "kit_point") 1) 1 1)
    (same [{:x 1.0 :y 0.0} {:x 3.0 :y 4.0}] (vec points))
    (n/put! (n/element-at points 1) :y 5)
    (same [3.0 5.0] ((juxt :x :y) (n/element-at points 1)))
    (same {:x 3.0 :y 5.0} (nth points 1))
    (holds (try (n/element-at points 2) false (catch IndexOutOfBoundsException _ true))))
  ;; What there is not, such as a constructor, is asked for once.
  (n/make kit "kit_point")
  (with-redefs-fn {#'nlib.interface/read-items (fn [_ name] (throw (ex-info (str "asked for " name) {})))}
    #(same {:x 1.0 :y 0.0} @(n/make kit "kit_point" {:x 1})))
  (same [16 8] [(n/size-of kit "kit_point") (n/offset-of kit "kit_point" :y)])
  (same [56 16 40] [(n/size-of kit "kit_packet") (n/offset-of kit "kit_packet" :corner)
                    (n/offset-of kit "kit_packet" :style)])
  (fails :type ["kit_counter is opaque"] (n/make kit "kit_counter"))
  (fails :symbol ["kit_pont"] (n/make kit "kit_pont")))

;; ---- Errors -----------------------------------------------------------------------------------------

(defn missing-symbol []
  (let [error (fails :symbol ["kit_ad" "kit_add"] (n/call kit "kit_ad" 1 2))]
    (holds (some #{"kit_add"} (:nlib/near (ex-data error)))))
  (fails :symbol ["kit_ad" "kit_add"] (kit :kit_ad))
  (fails :symbol ["kit_ad" "kit_add"] (n/symbol kit "kit_ad"))
  (fails :symbol ["kit_ad" "kit_add"] (n/function kit "kit_ad" [:int] :int) ((n/function kit "kit_ad" [:int] :int) 1))
  (same :none (:kit_ad kit :none))
  (fails :symbol ["KIT_VERSION" "constant"] (n/call kit "KIT_VERSION"))
  (same 3 (n/call kit "kit_add" 1 2)))

(defn wrong-arguments []
  (let [before @kit/kit_calls]
    (fails :arity ["kit_add takes 2 arguments, not 1" "int kit_add(int a, int b)"] (kit/kit_add 1))
    (fails :arity ["kit_add takes 2 arguments, not 3"] (kit/kit_add 1 2 3))
    (fails :arity ["kit_max takes 0 arguments, not 1"] (kit/kit_max 1))
    (fails :arity ["at least 3 arguments, not 2"] (kit/kit_format nil 0))
    (fails :type ["kit_add, argument 2, b" "\"x\" (String) is no int"] (kit/kit_add 1 "x"))
    (fails :type ["kit_add, argument 1, a" "1.5"] (kit/kit_add 1.5 2))
    (fails :type ["kit_add, argument 1, a" "nil is no int"] (kit/kit_add nil 2))
    (fails :type ["2147483648" "-2^31 to 2^31 - 1"] (kit/kit_add 1 2147483648))
    (fails :type ["true or false"] (kit/kit_not 1))
    (fails :type [":KIT_PINK" ":KIT_RED"] (kit/kit_next_color :KIT_PINK))
    (fails :type ["0 to 2^64 - 1"] (kit/kit_sum nil -1))
    (fails :type ["kit_move, argument 1, point"] (kit/kit_move (n/make kit "kit_packet") 1 1))
    (fails :type ["kit_move, argument 1, point"] (kit/kit_move "here" 1 1))
    (fails :type ["kit_counter_next, argument 1, counter" "nlib.core/null"] (kit/kit_counter_next nil))
    (fails :type ["kit_counter_next, argument 1, counter"] (kit/kit_counter_next 4096))
    (fails :type ["kit_counter_next, argument 1, counter"] (kit/kit_counter_next (n/make kit "kit_point")))
    (fails :type ["kit_each, argument 3, visit"] (kit/kit_each nil 0 "visit" nil))
    (fails :type ["kit_each, argument 3, visit" "it is int (*)(int, int)"] (kit/kit_each nil 0 kit/kit_add nil))
    (fails :type ["kit_format, argument 1, text" "C may write there" "byte-array"] (kit/kit_format "text" 5 "abc"))
    (fails :type ["kit_each, argument 4, data" "C may write there"] (kit/kit_each nil 0 nil "data"))
    ;; What is no pointer, text or library, given to this package's own functions.
    (fails :type ["5 (Long) is no pointer"] (n/text 5))
    (fails :type ["5 (Long) is no pointer"] (n/text 5 2))
    (fails :type ["5 (Long) is no pointer"] (n/cast-pointer kit 5 "kit_point"))
    (fails :type ["5 (Long) is no pointer"] (n/address 5))
    (fails :type ["5 (Long) is no pointer"] (n/byte-buffer 5 8))
    (fails :type ["5 (Long) is no pointer"] (n/element-at 5 1))
    (fails :type ["\"x\" (String) is no address"] (n/pointer "x"))
    (fails :type ["5 (Long) is no text"] (n/c-string 5))
    (fails :type [":x (Keyword) is neither"] (n/array kit :int :x))
    (fails :type ["5 (Long) is no object"] (n/invoke 5 :next))
    (fails :type ["5 (Long) is nothing that can be closed"] (n/close! 5))
    (fails :argument ["5 (Long) is no library"] (n/make 5 "kit_point"))
    (fails :argument [":code is text, not 5"] (n/load-native-library :code 5))
    (fails :argument [":data is an array of bytes"] (n/load-native-library :sources [{:data "x" :name "x.c"}]))
    (fails :argument ["5 is no context"] (n/load-native-library :code "int a;" :context 5))
    (fails :argument [":jobs"] (n/open-context :jobs "two"))
    (fails :type ["NUL"] (n/call kit "kit_add\u0000x" 1 2))
    (same before @kit/kit_calls)
    (same 3 (kit/kit_add 1 2))))

;; ---- Documentation, types by hand -------------------------------------------------------------------

(defn documentation []
  (let [shown (with-out-str (eval '(clojure.repl/doc nlib.lib.kit/kit_add)))]
    (holds (string/includes? shown "([a b])"))
    (holds (string/includes? shown "int kit_add(int a, int b);"))
    (holds (string/includes? shown "Adds two numbers.")))
  (same '([text size format & more]) (:arglists (meta #'kit/kit_format)))
  (holds (string/includes? (:doc (meta #'kit/kit_point)) "A point in the plane."))
  (holds (string/includes? (:doc (meta #'kit/kit_point)) ":x  double"))
  (holds (string/includes? (with-out-str (n/doc kit "kit_sum")) "double kit_sum(const double *values, "))
  (holds (some #{"kit_add"} (n/names kit :function)))
  (holds (some #{"KIT_BLUE"} (n/names kit)))
  (same "int kit_add(int a, int b);" (re-find #"int kit_add\(.*" (n/interface-text kit "c")))
  (same 'kit_add (:name (meta #'kit/kit_add)))
  (same "#nlib/function \"kit_add\"" (pr-str kit/kit_add))
  (holds (some #(= "kit_add" (:name %)) (n/symbols kit)))
  (holds (seq (repl/apropos "kit_half")))
  (let [space (n/import-library! kit :into 'only.some :only [:kit_add "KIT_NAME"] :rename n/kebab-case)]
    (same '#{kit-add KIT_NAME} (set (keys (ns-interns space)))))
  (fails :argument [":onyl" ":only"] (n/import-library! kit :onyl [:kit_add])))

(n/defcfn kit add "kit_add" [:int ::n/int] :int)
(n/defcfn kit kit-half)
(n/defcfn kit print-into "kit_format" ["char *" "size_t" "const char *" &] "int")

(defn explicit-types []
  (same 5 (add 2 3))
  (same 2.0 (kit-half 4))
  (holds (string/includes? (:doc (meta #'kit-half)) "double kit_half(double value);"))
  (fails :arity ["kit_add takes 2 arguments, not 1"] (add 1))
  (fails :type ["kit_add, argument 1"] (add "1" 2))
  (let [out (byte-array 16)]
    (same 4 (print-into out 16 "%d-%d" 12 3))
    (same "12-3" (String. out 0 4 "UTF-8")))
  (same "grüß dich" ((n/function kit "kit_greeting" [] :string)))
  (same 11 ((n/function kit "kit_length" ["kit_point *"] "unsigned long long") (n/pointer (n/address ((n/function kit "kit_greeting" [] :pointer))))))
  (same :KIT_GREEN ((n/function kit "kit_next_color" ["kit_color"] "kit_color") :KIT_RED))
  (fails :type ["\"intt\" is no type" ":int"] (n/function kit "kit_add" ["intt"] :int)))
