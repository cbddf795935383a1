(ns nlib.native
  "The functions of nlib.h, which says what each needs and gives. Handles and pointers are longs here."
  (:require [clojure.java.io :as io]
            [nlib.platform :refer [platform]])
  (:import (nlib.platform Invoker Platform)))

(set! *warn-on-reflection* true)

(defn- packaged
  "libnlib inside the package: the resource nlib/native/lib/libnlib.so.1, when it is a file."
  []
  (when-let [^java.net.URL found (io/resource "nlib/native/lib/libnlib.so.1")]
    (when (= "file" (.getProtocol found)) (.getPath (io/file found)))))

(defn location
  "Where libnlib is looked for: the property nlib.library, the variable NLIB_LIBRARY, the package, the
  system's search."
  []
  (or (System/getProperty "nlib.library") (System/getenv "NLIB_LIBRARY") (packaged) "libnlib.so.1"))

(def ^:private symbols
  (delay
    (let [place (location)]
      (try (.symbols ^Platform platform place)
           (catch Throwable failure
             (throw (ex-info (str "libnlib cannot be opened: " (or (.getMessage failure) failure)
                                  "\nInstall nlib, or name the library with the variable NLIB_LIBRARY or the "
                                  "property nlib.library; now it is " (pr-str place) ".")
                             {:nlib/kind :platform :nlib/library place}
                             failure)))))))

(defn- bind [name arguments result]
  (let [address (@symbols name)]
    (when-not address
      (throw (ex-info (str (location) " has no function " name ": it is older than this package. "
                           "Install a newer nlib.")
                      {:nlib/kind :platform :nlib/library (location)})))
    (.invoker ^Platform platform {:arguments arguments :result result} (long address))))

(defmacro ^:private defnative [name arguments result]
  (let [parameters (mapv #(symbol (str "a" %)) (range (count arguments)))
        coerced (map (fn [kind parameter] (case kind :i64 `(long ~parameter) :i32 `(unchecked-int ~parameter)))
                     arguments parameters)
        bound (symbol (str "bound-" name))]
    `(do
       (def ~(with-meta bound {:private true}) (delay (bind ~(str name) ~arguments ~result)))
       (defn ~name ~parameters
         (.invoke ~(with-meta `(deref ~bound) {:tag `Invoker}) (object-array [~@coerced]))))))

(defnative nlib_version [] :i32)
(defnative nlib_version_string [] :i64)
(defnative nlib_has [:i64] :i32)

(defnative nlib_error_get_kind [:i64] :i32)
(defnative nlib_error_message [:i64] :i64)
(defnative nlib_error_diagnostic [:i64 :i64 :i64] :i32)
(defnative nlib_error_near [:i64 :i64] :i64)
(defnative nlib_error_free [:i64] :void)

(defnative nlib_open [:i64 :i64] :i64)
(defnative nlib_close [:i64] :void)

(defnative nlib_load [:i64 :i64 :i64] :i64)
(defnative nlib_load_start [:i64 :i64 :i64 :i64 :i64] :i64)
(defnative nlib_task_wait [:i64 :i32 :i64] :i64)
(defnative nlib_task_cancel [:i64] :void)
(defnative nlib_task_free [:i64] :void)
(defnative nlib_name [:i64] :i64)
(defnative nlib_linked_by [:i64] :i32)
(defnative nlib_release [:i64] :void)
(defnative nlib_unload [:i64] :i64)

(defnative nlib_symbol [:i64 :i64 :i64] :i64)
(defnative nlib_symbol_count [:i64 :i64] :i64)
(defnative nlib_symbol_at [:i64 :i64 :i64] :i64)

(defnative nlib_interface_open [:i64 :i64] :i64)
(defnative nlib_interface_names [:i64 :i64 :i64] :i64)
(defnative nlib_interface_describe [:i64 :i64 :i64 :i64 :i64] :i64)
(defnative nlib_interface_text [:i64 :i64 :i64 :i64] :i64)
(defnative nlib_interface_symbol [:i64 :i64 :i64] :i64)
(defnative nlib_interface_free [:i64] :void)

(defnative nlib_compile [:i64 :i64 :i64] :i64)
(defnative nlib_object_data [:i64] :i64)
(defnative nlib_object_size [:i64] :i64)
(defnative nlib_object_free [:i64] :void)
