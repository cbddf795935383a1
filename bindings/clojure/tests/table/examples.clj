(ns table.examples
  "Cells that run the examples and the quick start."
  (:require [clojure.java.io :as io]
            [clojure.string :as string]
            [table.check :refer [holds same]]))

(def ^:private package
  "The folder of the package: this file's, two up."
  (-> (io/resource "table/examples.clj") io/file .getParentFile .getParentFile .getParentFile))

(defn- run-example
  "The lines that an example prints."
  [name]
  (let [shown (with-out-str (load-file (str (io/file package "examples" name))))]
    (print shown)
    (string/split-lines shown)))

(defn flecs []
  (same ["comet at (20.0, 5.0)" "moon  at (5.0, 15.0)" "star  at (1.0, 1.0)"] (run-example "flecs.clj")))

(defn sqlite []
  (same ["Jupiter 4 moons, 2106.8 km"
         "Mars    2 moons, 8.5 km"
         "Earth   1 moons, 1737.0 km"
         "Saturn  1 moons, 2575.0 km"
         "large: [Ganymede 2634]"
         "large: [Titan 2575]"]
        (run-example "sqlite.clj")))

(defn imgui []
  (holds (some #{"wrote imgui.png: 480 x 240 pixels"} (run-example "imgui.clj")))
  (let [picture (javax.imageio.ImageIO/read (io/file "imgui.png"))
        pixels (for [x (range 480), y (range 240)]
                 (let [colour (.getRGB picture x y)]
                   (mapv #(bit-and 0xff (bit-shift-right colour %)) [16 8 0 24])))
        count-of (fn [like?] (count (filter (fn [[red green blue opaque]] (and (< 200 opaque) (like? red green blue)))
                                            pixels)))]
    (same [480 240] [(.getWidth picture) (.getHeight picture)])
    ;; A window of 400 by 70 pixels on an empty ground, with text, a blue title and two blue buttons.
    (holds (< 25000 (count-of (constantly true)) 35000))
    (holds (< 300 (count-of (fn [red green blue] (< 200 (min red green blue)))) 3000))
    (holds (< 5000 (count-of (fn [red _ blue] (and (< 80 blue) (< (* 2 red) blue)))) 20000))))

;; ---- The quick start --------------------------------------------------------------------------------

(defn- first-block
  "The text of the first block of code of a language in the README."
  [language]
  (let [readme (slurp (io/file package "README.md"))]
    (second (re-find (re-pattern (str "(?s)```" language "\n(.*?)```")) readme))))

(defn- repl
  "What a fresh Clojure, started as this one was, prints for forms that it reads from a person."
  [forms]
  (let [java (str (System/getProperty "java.home") "/bin/java")
        command (concat [java]
                        (filter #(re-find #"nlib\.ffi|native-access" %)
                                (.getInputArguments (java.lang.management.ManagementFactory/getRuntimeMXBean)))
                        ["-cp" (System/getProperty "java.class.path") "clojure.main"])
        process (.start (doto (ProcessBuilder. ^java.util.List (vec command)) (.redirectErrorStream true)))]
    (with-open [in (io/writer (.getOutputStream process))] (.write in ^String forms))
    (let [shown (slurp (.getInputStream process))]
      (same 0 (.waitFor process))
      shown)))

(defn quickstart []
  (let [code (first-block "clojure")
        shown (repl code)
        promised (map second (re-seq #"; => (.*)" code))]
    (print shown)
    (same 10 (count (string/split-lines code)))
    (holds (<= 3 (count promised)))
    ;; Each value that the README promises, in this order.
    (reduce (fn [rest value]
              (let [at (string/index-of rest value)]
                (holds (some? at))
                (subs rest (+ at (count value)))))
            shown promised)))
