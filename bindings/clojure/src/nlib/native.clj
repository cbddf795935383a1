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
                             {:nlib/kind :platform :nlib/library place})))))))

(defn- bind ^Invoker [name arguments result]
  (let [address (@symbols name)]
    (when-not address
      (throw (ex-info (str (location) " has no function " name ": it is older than this package. "
                           "Install a newer nlib.")
                      {:nlib/kind :platform :nlib/library (location)})))
    (.invoker ^Platform platform {:arguments arguments :result result} (long address))))

(defn- native
  "A function that calls one of libnlib's, which is looked up at the first call."
  [name arguments result]
  (let [bound (delay (bind name arguments result))
        coerced (mapv {:i64 long, :i32 unchecked-int} arguments)]
    (fn [& values]
      (.invoke ^Invoker @bound (object-array (map #(%1 %2) coerced values))))))

(def nlib_version (native "nlib_version" [] :i32))
(def nlib_version_string (native "nlib_version_string" [] :i64))
(def nlib_has (native "nlib_has" [:i64] :i32))

(def nlib_error_get_kind (native "nlib_error_get_kind" [:i64] :i32))
(def nlib_error_message (native "nlib_error_message" [:i64] :i64))
(def nlib_error_diagnostic (native "nlib_error_diagnostic" [:i64 :i64 :i64] :i32))
(def nlib_error_near (native "nlib_error_near" [:i64 :i64] :i64))
(def nlib_error_free (native "nlib_error_free" [:i64] :void))

(def nlib_open (native "nlib_open" [:i64 :i64] :i64))
(def nlib_close (native "nlib_close" [:i64] :void))

(def nlib_load (native "nlib_load" [:i64 :i64 :i64] :i64))
(def nlib_load_start (native "nlib_load_start" [:i64 :i64 :i64 :i64 :i64] :i64))
(def nlib_task_wait (native "nlib_task_wait" [:i64 :i32 :i64] :i64))
(def nlib_task_cancel (native "nlib_task_cancel" [:i64] :void))
(def nlib_task_free (native "nlib_task_free" [:i64] :void))
(def nlib_name (native "nlib_name" [:i64] :i64))
(def nlib_linked_by (native "nlib_linked_by" [:i64] :i32))
(def nlib_release (native "nlib_release" [:i64] :void))
(def nlib_unload (native "nlib_unload" [:i64] :i64))

(def nlib_symbol (native "nlib_symbol" [:i64 :i64 :i64] :i64))
(def nlib_symbol_count (native "nlib_symbol_count" [:i64 :i64] :i64))
(def nlib_symbol_at (native "nlib_symbol_at" [:i64 :i64 :i64] :i64))

(def nlib_interface_open (native "nlib_interface_open" [:i64 :i64] :i64))
(def nlib_interface_names (native "nlib_interface_names" [:i64 :i64 :i64] :i64))
(def nlib_interface_describe (native "nlib_interface_describe" [:i64 :i64 :i64 :i64 :i64] :i64))
(def nlib_interface_text (native "nlib_interface_text" [:i64 :i64 :i64 :i64] :i64))
(def nlib_interface_symbol (native "nlib_interface_symbol" [:i64 :i64 :i64] :i64))
(def nlib_interface_free (native "nlib_interface_free" [:i64] :void))

(def nlib_compile (native "nlib_compile" [:i64 :i64 :i64] :i64))
(def nlib_object_data (native "nlib_object_data" [:i64] :i64))
(def nlib_object_size (native "nlib_object_size" [:i64] :i64))
(def nlib_object_free (native "nlib_object_free" [:i64] :void))
